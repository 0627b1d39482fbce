"""What the tables of run.py share: the server, how programs are run in turn, and how a table is printed."""
import json
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROUNDS = int(os.environ.get("ENLACE_BENCH_ROUNDS", "5"))
SECONDS = os.environ.get("ENLACE_BENCH_SECONDS", "1")
CLIENT_CORE, SERVER_CORE = 0, 1


def pinned(core):
    """For a child, before it starts: on one core alone, where there are two."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) > 1:
        return lambda: os.sched_setaffinity(0, {cores[core]})
    return None


class Server:
    """nginx on a free port of the loopback, ended by its process id."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="enlace-bench-")
        os.chmod(self.folder, 0o755)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = str(probe.getsockname()[1])
        answer = {"embedding": [0.123456] * 20, "model": "small", "text": ""}
        answer["text"] = "x" * (250 - len(json.dumps(answer)))
        rows = [{"id": i, "score": i / 7, "text": "a row of some length"} for i in range(15000)]
        pathlib.Path(self.folder, "large.json").write_text(json.dumps(rows))
        text = (HERE / "server.conf.in").read_text()
        for name, value in {"FOLDER": self.folder, "PORT": self.port, "TEXT": "x" * 250,
                            "JSON": json.dumps(answer)}.items():
            text = text.replace(name, value)
        config = pathlib.Path(self.folder, "nginx.conf")
        config.write_text(text)
        self.process = subprocess.Popen(["nginx", "-c", str(config), "-e", self.folder + "/error.log"],
                                        preexec_fn=pinned(SERVER_CORE))
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", int(self.port))) == 0:
                    return
            time.sleep(0.05)
        self.close()
        raise SystemExit("bench: nginx did not start")

    def url(self, target):
        return f"http://127.0.0.1:{self.port}{target}"

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder)


def run(command, cores=(CLIENT_CORE,)):
    """What a program prints last, "name=number ...", as numbers."""
    pin = pinned(cores[0]) if len(cores) == 1 else None
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, preexec_fn=pin)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]}: {(done.stderr or done.stdout).strip()[-300:]}")
    last = done.stdout.strip().splitlines()[-1]
    return {name: float(value) for name, value in (pair.split("=") for pair in last.split())}


def interleaved(programs, rounds=ROUNDS):
    """The programs in turn, round by round, so that a drift of the machine meets all; the median of each number."""
    seen = {name: [] for name in programs}
    for _ in range(rounds):
        for name, program in programs.items():
            seen[name].append(program())
    return {name: {key: statistics.median(each[key] for each in all_of) for key in all_of[0]}
            for name, all_of in seen.items()}


def table(title, head, rows):
    print(f"\n{title}\n")
    widths = [max(len(str(row[i])) for row in [head, *rows]) for i in range(len(head))]
    for row in [head, ["-" * width for width in widths], *rows]:
        print("| " + " | ".join(str(cell).ljust(width) for cell, width in zip(row, widths)) + " |")
    sys.stdout.flush()


def judged(value, limit, at_most=True):
    return "met" if (value <= limit if at_most else value >= limit) else "MISSED"
