"""What goes wrong. A fault begins, may have something to do every tenth of a second, and ends."""
import signal

from stage import HERE

QUEUE = 5


class Fault:
    """None at all, which is also what the others stand on."""

    def begin(self, stage):
        pass

    def tick(self, stage):
        pass

    def end(self, stage):
        pass


class Filtered(Fault):
    """A rule of iptables for packets to the server, at the server."""

    def __init__(self, *rule):
        self.rule = rule

    def _change(self, stage, how):
        stage.iptables("server", how, "INPUT", "-p", "tcp", "--dport", str(stage.port), *self.rule)

    def begin(self, stage):
        self._change(stage, "-I")

    def end(self, stage):
        self._change(stage, "-D")


class Reset(Fault):
    """Established connections are reset, five times a second; new ones are welcome."""

    def __init__(self):
        self.ticks = 0

    def tick(self, stage):
        self.ticks += 1
        if self.ticks % 2 == 0:
            stage.reset_connections()


class BadLine(Fault):
    """Packets of both directions come late, out of order, or not at all."""

    def __init__(self, delay_ms, jitter_ms, loss_percent):
        self.how = ("--delay-ms", delay_ms, "--jitter-ms", jitter_ms, "--loss-percent", loss_percent)
        self.program = None

    def _change(self, stage, how):
        queue = ("-j", "NFQUEUE", "--queue-num", str(QUEUE))
        stage.iptables("client", how, "OUTPUT", "-p", "tcp", "--dport", str(stage.port), *queue)
        stage.iptables("client", how, "INPUT", "-p", "tcp", "--sport", str(stage.port), *queue)

    def begin(self, stage):
        command = [stage.programs / "tests/integration/chaos/chaos_netdelay", "--queue", QUEUE, *self.how]
        self.program = stage.start_in("client", command, "netdelay")
        self.program.wait_for_output()
        self._change(stage, "-I")

    def end(self, stage):
        self._change(stage, "-D")
        self.program.end()


class Stopped(Fault):
    """The upstream neither dies nor answers."""

    def begin(self, stage):
        stage.upstream.signal(signal.SIGSTOP)

    def end(self, stage):
        stage.upstream.signal(signal.SIGCONT)


class Killed(Fault):
    """The upstream is killed, and started anew at the end."""

    def begin(self, stage):
        stage.upstream.kill()

    def end(self, stage):
        stage.start_upstream()


class Restarted(Fault):
    """The upstream is killed and started anew once a second."""

    def __init__(self):
        self.ticks = 0

    def tick(self, stage):
        self.ticks += 1
        if self.ticks % 10 == 0:
            stage.upstream.kill()
            stage.start_upstream()


class QueueFull(Fault):
    """In the upstream's place there is a listener that accepts nothing."""

    def __init__(self):
        self.listener = None

    def begin(self, stage):
        stage.upstream.kill()
        command = ["/usr/bin/python3", HERE / "full_queue.py", stage.address, stage.port]
        self.listener = stage.start_in("server", command, "full-queue")
        self.listener.wait_for_output()

    def end(self, stage):
        self.listener.end()
        stage.start_upstream()


class NamesFail(Fault):
    """The name server fails or is silent. Connections are reset, so that names are asked for at all."""

    def __init__(self, mode):
        self.mode = mode
        self.ticks = 0

    def begin(self, stage):
        stage.answer_names_with(self.mode)

    def tick(self, stage):
        self.ticks += 1
        if self.ticks % 5 == 0:
            stage.reset_connections()

    def end(self, stage):
        stage.answer_names_with(stage.address)


class Moved(Fault):
    """The upstream is gone, and at the end it is at another address, which its name tells."""

    def begin(self, stage):
        stage.upstream.kill()

    def end(self, stage):
        stage.start_upstream(stage.other_address)
        stage.answer_names_with(stage.other_address)


class FewDescriptors(Fault):
    """The driver may open a few more descriptors than it has without connections, and needs a new one for each of them."""

    SPARE = 8

    def begin(self, stage):
        others = sum(1 for link in stage.driver.links() if not link.startswith("socket:"))
        stage.driver.limit_descriptors(others + self.SPARE)
        stage.reset_connections()

    def end(self, stage):
        stage.driver.limit_descriptors(None)
