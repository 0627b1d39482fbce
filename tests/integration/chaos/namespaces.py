"""Two network namespaces, one for clients and one for servers, with a cable between them."""
import os
import pathlib
import shutil
import subprocess

PREFIX = "enlace-chaos-"
SERVER_ADDRESS = "10.231.0.2"
OTHER_SERVER_ADDRESS = "10.231.0.3"
CLIENT_ADDRESS = "10.231.0.1"


def run(*command):
    """Runs a short command; its words are the error when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


def remove_left_over():
    """Removes the namespaces of runs that were killed: their names tell the process that made them."""
    for line in run("ip", "netns", "list").splitlines():
        name = line.split()[0]
        if name.startswith(PREFIX) and not pathlib.Path("/proc", name.split("-")[2]).exists():
            remove_namespace(name)


def remove_namespace(name):
    subprocess.run(["ip", "netns", "del", name], capture_output=True, timeout=20)
    shutil.rmtree(pathlib.Path("/etc/netns", name), ignore_errors=True)


class Namespaces:
    """Rules of iptables live and die with them. For `with`."""

    loopback = False

    def __enter__(self):
        self.client = f"{PREFIX}{os.getpid()}-client"
        self.server = f"{PREFIX}{os.getpid()}-server"
        remove_left_over()
        try:
            self._make()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for name in (self.client, self.server):
            remove_namespace(name)

    def _make(self):
        # What is in this folder stands in for the file of the same name in /etc, for programs of that namespace.
        folder = pathlib.Path("/etc/netns", self.client)
        folder.mkdir(parents=True)
        (folder / "resolv.conf").write_text(f"nameserver {SERVER_ADDRESS}\noptions timeout:1 attempts:1\n")
        for name in (self.client, self.server):
            run("ip", "netns", "add", name)
            run("ip", "-n", name, "link", "set", "lo", "up")
        run("ip", "-n", self.client, "link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", self.server)
        run("ip", "-n", self.client, "addr", "add", CLIENT_ADDRESS + "/24", "dev", "cable")
        for address in (SERVER_ADDRESS, OTHER_SERVER_ADDRESS):
            run("ip", "-n", self.server, "addr", "add", address + "/24", "dev", "cable")
        for name in (self.client, self.server):
            run("ip", "-n", name, "link", "set", "cable", "up")

    def inside(self, name, command):
        """The command that runs `command` there."""
        return ["ip", "netns", "exec", name, *command]


class Loopback:
    """The same without namespaces: all on 127.0.0.1, for faults that need none. Needs no privileges."""

    loopback = True
    client = server = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def inside(self, _, command):
        return list(command)
