"""The tables of telemetry: what tracing, a collector in trouble, and the admin page cost; and Node's OpenTelemetry."""
import contextlib
import filecmp
import shutil
import socket
import subprocess

from harness import HERE, ROUNDS, SECONDS, SERVER_CORE, interleaved, judged, pinned, run, table

PACKAGES = HERE / "peers/opentelemetry"


@contextlib.contextmanager
def collector(build, mode):
    """The address of a collector that takes, hangs or is slow; "refuses": of none at all."""
    if mode == "refuses":
        with socket.socket() as taken:  # bound, but it does not listen
            taken.bind(("127.0.0.1", 0))
            yield f"http://127.0.0.1:{taken.getsockname()[1]}"
        return
    process = subprocess.Popen([build / "bench/bench_collector", mode], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               text=True, preexec_fn=pinned(SERVER_CORE))
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.stdin.close()
        process.wait()


def install_opentelemetry(build):
    """The SDK as its lock file has it, in the build folder."""
    work = build / "peers/opentelemetry"
    work.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(PACKAGES / name, work / name)
    shutil.copy(HERE / "peers/opentelemetry.mjs", work)
    mark = work / "node_modules/installed-lock.json"
    if not mark.exists() or not filecmp.cmp(work / "package-lock.json", mark, shallow=False):
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=work, check=True,
                       capture_output=True, timeout=180)
        shutil.copy(work / "package-lock.json", mark)
    return ["node", work / "opentelemetry.mjs"]


class Spans:
    """What became of the spans of all rounds; medians would not tell of the one round that dropped some."""

    def __init__(self):
        self.exported = self.gone = 0

    def counting(self, program):
        def counted():
            got = program()
            self.exported += got["exported"]
            self.gone += got["dropped"] + got["failed"]
            return got
        return counted

    def __str__(self):
        return f"{self.gone / (self.exported + self.gone):.1%} dropped" if self.gone > 0 else "none dropped"


def tracing(build, server):
    """What a call costs with one in a hundred sampled and with all; and the same of Node."""
    modes = {"metrics": ["0"], "sampled_1": ["1"], "sampled_100": ["100"], "gzip": ["100", "gzip"]}
    with collector(build, "takes") as where:
        def ours(sampled, *options):
            to = "-" if sampled == "0" else where
            return lambda: run([build / "bench/bench_telemetry", server.port, to, sampled, "64", SECONDS, *options])

        programs = {name: ours(*how) for name, how in modes.items()}
        try:
            node = install_opentelemetry(build)
            for mode in ("bare", "metrics", "1", "100"):
                programs[f"node_{mode}"] = lambda m=mode: run([*node, server.url("/text"), where, m, "64", SECONDS])
        except (OSError, subprocess.SubprocessError) as failed:
            print(f"skipped: Node with OpenTelemetry, {failed}")
        spans = {name: Spans() for name in programs}
        got = interleaved({name: spans[name].counting(program) for name, program in programs.items()})
    rows = []
    for what, name, limit in (("metrics only", "metrics", None), ("1 % sampled, OTLP", "sampled_1", 1.05),
                              ("100 % sampled, OTLP", "sampled_100", 1.25),
                              ("100 % sampled, OTLP, gzip", "gzip", None)):
        of = got[name]
        whole, calling = (of[key] / got["metrics"][key] for key in ("cpu_us", "thread_us"))
        rows.append([what, f"{of['cpu_us']:.1f} us", f"{whole:.2f} x", f"{of['thread_us']:.1f} us", f"{calling:.2f} x",
                     f"at most {limit} x" if limit else "", judged(whole, limit) if limit else "",
                     spans[name] if name != "metrics" else ""])
    table(f"Tracing, CPU a call, 64 in flight (medians of {ROUNDS} rounds)",
          ["what", "process", "", "calling thread", "", "target", "", "spans"], rows)
    against_node(got, spans)


def against_node(got, spans):
    """Each beside its own base: enlace's metrics can't be switched off, undici has none of its own."""
    rows = []
    for what, name, base, ours in (("enlace, metrics only", "metrics", None, None),
                                   ("enlace, 1 % sampled", "sampled_1", "metrics", None),
                                   ("enlace, 100 % sampled", "sampled_100", "metrics", None),
                                   ("undici, bare", "node_bare", None, None),
                                   ("undici, metrics only", "node_metrics", "node_bare", "metrics"),
                                   ("undici, 1 % sampled", "node_1", "node_bare", "sampled_1"),
                                   ("undici, 100 % sampled", "node_100", "node_bare", "sampled_100")):
        if name not in got:
            continue
        cpu = got[name]["cpu_us"]
        rows.append([what, f"{cpu:.1f} us", f"{cpu / got[base]['cpu_us'] - 1:+.0%}" if base else "",
                     f"{cpu / got[ours]['cpu_us']:.1f} x" if ours else "",
                     spans[name] if "sampled" in what else ""])
    table("Beside the OpenTelemetry SDK for Node, CPU a call of the whole process",
          ["client", "CPU", "on top", "of enlace's", "spans"], rows)


def trouble(build, server):
    """Latencies with a collector that hangs, is slow, or is not there, all calls sampled."""
    modes = ("takes", "slow", "hangs", "refuses")
    with contextlib.ExitStack() as stack:
        where = {"none": "-", **{mode: stack.enter_context(collector(build, mode)) for mode in modes}}

        def calls(mode, in_flight):
            return lambda: run([build / "bench/bench_telemetry", server.port, where[mode], "100", in_flight, SECONDS])

        got = interleaved({f"{mode}_{n}": calls(mode, n) for n in ("1", "64") for mode in where})
    rows = []
    for n in ("1", "64"):
        for mode in where:
            of, base = got[f"{mode}_{n}"], got[f"none_{n}"]
            ratios = [of[key] / base[key] for key in ("p50_us", "p99_us")]
            aimed = mode not in ("none", "takes")
            rows.append([n, mode, f"{of['p50_us']:.1f} us", f"{ratios[0]:.2f} x", f"{of['p99_us']:.1f} us",
                         f"{ratios[1]:.2f} x", judged(max(ratios), 1.05) if aimed else "",
                         f"{of['cpu_us'] / base['cpu_us']:.2f} x"])
    table(f"Latency beside a collector in trouble, all sampled (medians of {ROUNDS} rounds; target: at most 1.05 x)",
          ["in flight", "collector", "p50", "", "p99", "", "", "CPU a call"], rows)


def admin(build, server):
    got = run([build / "bench/bench_admin", server.port, "10", "10"], cores=())
    share = got["open_percent"] - got["idle_percent"]
    table("The admin endpoint, 20 services, full lists of failed and slow calls", ["what", "value", "target", ""], [
        ["idle", f"{got['idle_percent']:.2f} % of a core", "", ""],
        ["10 readers of /events on top", f"{share:.2f} % of a core", "under 1 %", judged(share, 1)],
        ["a look at /data", f"{got['look_us']:.0f} us, {got['look_bytes'] / 1024:.0f} KiB", "", ""],
        ["a scrape of /metrics", f"{got['scrape_us']:.0f} us, {got['scrape_bytes'] / 1024:.0f} KiB", "", ""]])


def telemetry(build, server):
    tracing(build, server)
    trouble(build, server)
    admin(build, server)
