"""Processes: started, waited for, and ended by their ids."""
import ctypes
import os
import pathlib
import resource
import signal
import subprocess
import time

PR_SET_PDEATHSIG = 1
libc = ctypes.CDLL(None)


def wait_for(condition, what, seconds=10):
    """Waits until `condition()` is true. It is looked at a hundred times a second."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError(f"waited {seconds} s in vain for {what}")
        time.sleep(0.01)


def in_child():
    """It ends with us, whatever ends us."""
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Process:
    """One program. What it writes to its standard output and error goes to files named after it."""

    def __init__(self, world, namespace, command, folder, name):
        self.name = name
        self.output = pathlib.Path(folder, name + ".out")
        self.errors = pathlib.Path(folder, name + ".err")
        with open(self.output, "wb") as out, open(self.errors, "wb") as err:
            self.child = subprocess.Popen(world.inside(namespace, [str(word) for word in command]), stdin=subprocess.DEVNULL,
                                          stdout=out, stderr=err, preexec_fn=in_child)
        self.pid = self.child.pid

    def alive(self):
        return self.child.poll() is None

    def wait_until(self, condition, what, seconds=10):
        def settled():
            if not self.alive():
                raise RuntimeError(f"{self.name} ended: {self.errors.read_text().strip()}")
            return condition()
        wait_for(settled, f"{self.name}: {what}", seconds)

    def wait_for_output(self):
        """For programs that write a line when they are ready."""
        self.wait_until(lambda: self.output.stat().st_size > 0, "its first line")
        return self.output.read_text().splitlines()[0]

    def wait_until_it_listens(self, port):
        """Looks into the kernel's table: a connection might be all that its queue has room for."""
        self.wait_until(lambda: self.listens(port), f"port {port}")

    def listens(self, port):
        """Whether anybody in its namespace does."""
        rows = pathlib.Path(f"/proc/{self.pid}/net/tcp").read_text().splitlines()[1:]
        sockets = [row.split() for row in rows]
        return any(socket[1].endswith(f":{port:04X}") and socket[3] == "0A" for socket in sockets)

    def signal(self, number):
        if self.alive():
            os.kill(self.pid, number)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.child.wait(timeout=10)

    def end(self):
        """SIGTERM, and SIGKILL for one that does not heed it; a stopped one is woken up first."""
        self.signal(signal.SIGTERM)
        self.signal(signal.SIGCONT)
        try:
            self.child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.kill()

    def links(self):
        """What its descriptors are."""
        found = []
        for each in pathlib.Path(f"/proc/{self.pid}/fd").iterdir():
            try:
                found.append(os.readlink(each))
            except FileNotFoundError:
                pass  # closed since
        return found

    def limit_descriptors(self, most):
        """How many it may have open; None: as many as at first."""
        before, hard = resource.prlimit(self.pid, resource.RLIMIT_NOFILE)
        if most is None:
            most = self.limit_before
        else:
            self.limit_before = before
        resource.prlimit(self.pid, resource.RLIMIT_NOFILE, (most, hard))


class Processes:
    """All processes of one scenario, ended in the opposite order. For `with`."""

    def __init__(self, world, folder):
        self.world = world
        self.folder = pathlib.Path(folder)
        self.all = []
        self.started = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for each in reversed(self.all):
            each.end()

    def start(self, namespace, command, name):
        self.started += 1
        self.all.append(Process(self.world, namespace, command, self.folder, f"{self.started}-{name}"))
        return self.all[-1]
