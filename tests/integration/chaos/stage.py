"""What a scenario plays on: the upstream, what stands before it, names, and the driver."""
import json
import pathlib
import random
import subprocess

from namespaces import OTHER_SERVER_ADDRESS, SERVER_ADDRESS, run

HERE = pathlib.Path(__file__).resolve().parent
NAME = "upstream.chaos.test"
PORT, BACKEND_PORT = 8080, 8081

NGINX = """daemon off; worker_processes 1; error_log stderr crit; pid FOLDER/nginx.pid; user root;
events { worker_connections 4096; }
http {
  access_log off; client_body_temp_path FOLDER; proxy_temp_path FOLDER; fastcgi_temp_path FOLDER; uwsgi_temp_path FOLDER;
  scgi_temp_path FOLDER; keepalive_requests 1000000;
  upstream backend { server 127.0.0.1:BACKEND max_fails=0; keepalive 64; keepalive_requests 1000000; }
  server {
    listen ADDRESS:PORT;
    location / { proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection ""; }
  }
}
"""
HAPROXY = """global
  maxconn 4096
defaults
  mode http
  timeout connect 500ms
  timeout client 30s
  timeout server 10s
frontend front
  bind ADDRESS:PORT
  default_backend back
backend back
  server only 127.0.0.1:BACKEND
"""


class Stage:
    def __init__(self, world, processes, programs, scenario):
        self.world = world
        self.processes = processes
        self.programs = programs
        self.scenario = scenario
        self.folder = processes.folder
        self.ledger = self.folder / "ledger"
        self.ledger.touch()
        self.names = self.folder / "names"
        self.address = "127.0.0.1" if world.loopback else SERVER_ADDRESS
        # Below the ports that the system gives to clients, so that nobody has it when the upstream comes back.
        self.port = random.randrange(20000, 32000) if world.loopback else PORT
        self.upstream = self.driver = None

    def start_servers(self):
        front = self.scenario.front
        if front == "nginx":
            self._start_front("nginx", NGINX, lambda file: ["/usr/sbin/nginx", "-c", file, "-p", self.folder])
        elif front == "haproxy":
            self._start_front("haproxy", HAPROXY, lambda file: ["/usr/sbin/haproxy", "-db", "-f", file])
        if self.scenario.names:
            self.answer_names_with(self.address)
            self._start(self.world.server, ["/usr/bin/python3", HERE / "dns.py", self.address, self.names], "dns").wait_for_output()
        self.start_upstream()

    def start_upstream(self, address=None):
        if self.scenario.front == "serve":
            command = [self.programs / "cli/enlace", "serve", "--port", self.port]
            port = self.port
        else:
            hidden = bool(self.scenario.front)
            port = BACKEND_PORT if hidden else self.port
            command = [self.programs / "tests/integration/chaos/chaos_upstream", "--port", port,
                       "--address", "127.0.0.1" if hidden else address or self.address,
                       "--ledger", self.ledger, "--work-ms", self.scenario.work_ms]
        self.upstream = self._start(self.world.server, command, "upstream")
        self.upstream.wait_until_it_listens(port)

    def start_driver(self, rate, seconds, more=()):
        host = NAME if self.scenario.names else self.address
        # `enlace serve` listens on 127.0.0.1 alone.
        namespace = self.world.server if self.scenario.front == "serve" else self.world.client
        host = "127.0.0.1" if self.scenario.front == "serve" else host
        command = [self.programs / "tests/integration/chaos/chaos_load", "--url", f"http://{host}:{self.port}",
                   "--rate", rate, "--seconds", seconds, "--replies", self.folder / "replies",
                   "--upstream", "bad" if self.scenario.front == "serve" else "ledger", *more]
        self.driver = self._start(namespace, command, "driver")

    def start_in(self, side, command, name):
        return self._start(self.side(side), command, name)

    def side(self, side):
        return self.world.client if side == "client" else self.world.server

    def iptables(self, side, *rule):
        run(*self.world.inside(self.side(side), ["iptables", *rule]))

    def reset_connections(self):
        """The kernel ends all connections of the server and tells both ends with RST."""
        command = ["ss", "-K", "-H", "state", "established", "sport", "=", f":{self.port}"]
        subprocess.run(self.world.inside(self.world.server, command), capture_output=True, timeout=20, check=False)

    def answer_names_with(self, mode):
        fresh = self.names.with_suffix(".new")
        fresh.write_text(mode)
        fresh.rename(self.names)

    def count_of(self, keys):
        """How often `enlace serve` was asked with each of these keys; it runs where the caller can't reach it by itself."""
        program = HERE / "count_keys.py"
        done = subprocess.run(self.world.inside(self.world.server, ["/usr/bin/python3", str(program), str(self.port)]),
                              input=json.dumps(keys), capture_output=True, text=True, timeout=120, check=True)
        return json.loads(done.stdout)

    @property
    def other_address(self):
        return OTHER_SERVER_ADDRESS

    def _start(self, namespace, command, name):
        return self.processes.start(namespace, command, name)

    def _start_front(self, name, text, command):
        for word, value in {"FOLDER": self.folder, "ADDRESS": self.address, "PORT": self.port}.items():
            text = text.replace("BACKEND", str(BACKEND_PORT)).replace(word, str(value))
        file = self.folder / (name + ".conf")
        file.write_text(text)
        self._start(self.world.server, command(file), name).wait_until_it_listens(self.port)
