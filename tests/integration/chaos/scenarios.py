"""The scenarios: what stands before the upstream, and what goes wrong."""
import dataclasses
import typing

import faults


@dataclasses.dataclass(frozen=True)
class Scenario:
    name: str
    fault: typing.Callable[[], faults.Fault]
    front: str = ""
    """What the driver talks to: "nginx", "haproxy", `enlace` "serve", or the upstream with the ledger itself."""
    names: bool = False
    """Whether the upstream is called by a name."""
    work_ms: int = 2
    """How long the upstream takes for a request."""
    on_loopback: bool = False
    """Whether it can do without namespaces."""
    misbehaves: bool = False
    """The driver asks for misbehaviour while the fault lasts."""


ALL = [
    Scenario("drop", lambda: faults.Filtered("-j", "DROP")),
    Scenario("reject-reset", lambda: faults.Filtered("-j", "REJECT", "--reject-with", "tcp-reset")),
    Scenario("reject-icmp", lambda: faults.Filtered("-j", "REJECT", "--reject-with", "icmp-port-unreachable")),
    Scenario("reset-some", lambda: faults.Filtered("!", "--syn", "-m", "statistic", "--mode", "random", "--probability", "0.02",
                                                   "-j", "REJECT", "--reject-with", "tcp-reset")),
    Scenario("reset-all", faults.Reset),
    Scenario("delay", lambda: faults.BadLine(40, 20, 0)),
    Scenario("loss", lambda: faults.BadLine(10, 5, 3)),
    Scenario("stopped", faults.Stopped, on_loopback=True),
    Scenario("killed", faults.Killed, on_loopback=True),
    Scenario("restarted", faults.Restarted, on_loopback=True),
    Scenario("killed-behind-nginx", faults.Killed, front="nginx"),
    Scenario("stopped-behind-nginx", faults.Stopped, front="nginx"),
    Scenario("killed-behind-haproxy", faults.Killed, front="haproxy"),
    Scenario("stopped-behind-haproxy", faults.Stopped, front="haproxy"),
    Scenario("misbehaving", faults.Fault, front="serve", misbehaves=True),
    Scenario("names-servfail", lambda: faults.NamesFail("servfail"), names=True),
    Scenario("names-silent", lambda: faults.NamesFail("silent"), names=True),
    Scenario("names-moved", faults.Moved, names=True),
    Scenario("few-descriptors", faults.FewDescriptors, work_ms=20),
    Scenario("full-queue", faults.QueueFull, on_loopback=True),
]
