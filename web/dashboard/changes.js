// The token, and what is changed from here. Then the page begins.

let tokenAsked = null;

/** Resolves when there is one. */
function askForToken() {
  tokenAsked ??= new Promise((given) => {
    const refused = sessionStorage.getItem("enlace-token") !== null;
    sessionStorage.removeItem("enlace-token");
    connect("token");
    byId("token-note").textContent = refused ? "That token was refused." : "It is kept until this tab is closed.";
    byId("token-form").hidden = false;
    byId("token").focus();
    byId("token-form").addEventListener("submit", (event) => {
      event.preventDefault();
      sessionStorage.setItem("enlace-token", byId("token").value.trim());
      byId("token").value = "";
      byId("token-form").hidden = true;
      tokenAsked = null;
      connect("connecting");
      given();
    }, { once: true });
  });
  return tokenAsked;
}

function confirmed(service) {
  const dialog = byId("confirm");
  byId("confirm-title").textContent = `Force the breaker of ${service} open?`;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((answered) => {
    dialog.addEventListener("close", () => answered(dialog.returnValue === "yes"), { once: true });
  });
}

async function lead(service, how) {
  if (how === "force_open" && !(await confirmed(service))) return;
  try {
    const response = await ask(`breakers?${new URLSearchParams({ service, how })}`, { method: "POST" });
    if (response.status === 401) return askForToken();
    if (!response.ok) {
      const told = await response.json().catch(() => ({}));
      throw new Error(told.message ?? `HTTP ${response.status}`);
    }
    announce(`Breaker of ${service}: ${waysToLead[how].toLowerCase()}`);
    await poll();
  } catch (failed) {
    announce(`The breaker of ${service} was not changed: ${failed.message}`);
  }
}

setInterval(showConnection, 1000);
follow();
