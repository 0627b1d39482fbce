#!/usr/bin/env python3
"""Runs the measuring programs against a server of their own and prints the tables. See bench/README.md.

Usage: bench/run.py BUILD_FOLDER [TABLE...]     tables: calls, streams, peers, telemetry, parts, instructions (default: all)
"""
import math
import pathlib
import resource
import shutil
import subprocess
import sys

from harness import (CLIENT_CORE, HERE, ROUNDS, SECONDS, SERVER_CORE, Server, interleaved, judged, pinned, run,
                     table)
from telemetry_tables import telemetry


def calls(build, server):
    def floor(target, body, connections):
        return lambda: run([build / "bench/bench_floor", server.port, target, str(body), str(connections), SECONDS])

    def call(mode, cores=(CLIENT_CORE,)):
        return lambda: run([build / "bench/bench_call", mode, server.port, SECONDS], cores)

    both = (CLIENT_CORE, SERVER_CORE)
    got = interleaved({
        "floor": floor("/text", 120, 64), "plain": call("plain"), "floor_json": floor("/json", 120, 64),
        "json": call("json"), "floor_one": floor("/text", 120, 1), "latency": call("latency"),
        "tenants": call("tenants"), "services": call("services"), "raw_large": call("raw_large"),
        "large": call("large")})
    alone = interleaved({"cached": call("cached"), "cached_one": call("cached", both),
                         "cached_2": call("cached_2", both), "rejected": call("rejected")})
    memory = run([build / "bench/bench_in_flight", "10000"])

    def ratio(a, b, key="cpu_us"):
        return got[a][key] / got[b][key]

    def rate(name):
        return alone[name]["calls"] / alone[name]["seconds"]

    rows = []

    def add(what, figure, value, target, limit, at_most=True):
        rows.append([what, figure, value, target, judged(limit[0], limit[1], at_most)])

    def against(what, a, b, limit, key="cpu_us"):
        r = ratio(a, b, key)
        add(what, f"{got[a][key]:.1f} us to {got[b][key]:.1f}", f"{r:.2f} x", f"at most {limit} x", (r, limit))

    against("call, 64 in flight, CPU", "plain", "floor", 1.4)
    allocations = got["plain"]["allocations"]
    add("call, allocations", "", f"{allocations:.1f}", "at most 12", (allocations, 12))
    against("call, JSON in and out, CPU", "json", "floor_json", 1.6)
    against("latency, one in flight, p50", "latency", "floor_one", 1.15, "p50_us")
    against("latency, one in flight, p99", "latency", "floor_one", 1.3, "p99_us")
    against("100,000 tenants, CPU", "tenants", "plain", 1.1)
    against("100,000 tenants, 1,000 services, CPU", "services", "plain", 1.1)
    against("1 MB JSON, CPU", "large", "raw_large", 1.3)
    cost = alone["cached"]["cpu_us"]
    add("cache hit, 250 B, whole call", "", f"{cost:.2f} us", "at most 1.5 us", (cost, 1.5))
    linear = rate("cached_2") / rate("cached_one") / 2
    add("cache hit, two threads", "", f"{linear:.0%} of linear", "at least 85 %", (linear, 0.85), False)
    cost = alone["rejected"]["cpu_us"]
    add("rejection by an open breaker, whole call", "", f"{cost:.2f} us", "at most 1 us", (cost, 1.0))
    size = memory["bytes"]
    add("10,000 in flight to a slow upstream", "", f"{size:.0f} B each", "at most 6144 B", (size, 6144))
    table(f"Calls with every policy on (medians of {ROUNDS} rounds)", ["what", "figures", "value", "target", ""], rows)


def wrk(server):
    """wrk says how many it made; what CPU that took, the system says."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(["wrk", "-t1", "-c64", f"-d{math.ceil(float(SECONDS))}s", "-s", HERE / "peers/post.lua", server.url("/text")],
                          capture_output=True, text=True, check=True, preexec_fn=pinned(CLIENT_CORE))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    made = int(next(line for line in done.stdout.splitlines() if "requests in" in line).split()[0])
    used = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return {"calls": made, "cpu_us": used * 1e6 / made}


def build_peers(build):
    """Builds or installs what the peers need in the build folder; a peer that can't be had is skipped."""
    work = build / "peers"
    work.mkdir(parents=True, exist_ok=True)
    made = {}

    def attempt(name, needs, prepare, command):
        missing = [each for each in needs if shutil.which(each) is None]
        if missing:
            print(f"skipped: {name}, there is no {missing[0]}")
            return
        try:
            prepare()
            made[name] = command
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired, OSError) as failed:
            print(f"skipped: {name}, {failed}")

    def shell(*command, cwd=work):
        subprocess.run(command, cwd=cwd, check=True, capture_output=True, timeout=180)

    def curl():
        if not (build / "bench/bench_curl").exists():
            raise OSError("libcurl's headers are not installed")

    def go():
        shell("go", "build", "-o", str(work / "go_client"), str(HERE / "peers/go_client.go"))

    def undici():
        shutil.copy(HERE / "peers/undici.mjs", work / "undici.mjs")
        if not (work / "node_modules/undici").exists():
            shell("npm", "install", "--no-audit", "--no-fund", "--prefix", str(work), "undici@6")

    python = sys.executable
    attempt("libcurl multi", [], curl, [build / "bench/bench_curl"])
    attempt("Go net/http", ["go"], go, [work / "go_client"])
    attempt("Node undici", ["node", "npm"], undici, ["node", work / "undici.mjs"])
    for name in ("aiohttp", "httpx"):
        attempt(f"Python {name}", [python], lambda n=name: shell(python, "-c", f"import {n}"),
                [python, HERE / f"peers/{name}_client.py"])
    return made


def peers(build, server):
    programs = {
        "raw epoll": lambda: run([build / "bench/bench_floor", server.port, "/text", "120", "64", SECONDS]),
        "enlace": lambda: run([build / "bench/bench_call", "plain", server.port, SECONDS])}
    if shutil.which("wrk"):
        programs["wrk"] = lambda: wrk(server)
    else:
        print("skipped: wrk is not installed")
    for name, command in build_peers(build).items():
        programs[name] = lambda c=command: run([*c, server.url("/text"), "64", SECONDS])
    for name in list(programs):
        try:
            programs[name]()
        except (RuntimeError, OSError, subprocess.SubprocessError) as failed:
            print(f"skipped: {name}, {failed}")
            del programs[name]
    got = interleaved(programs)
    ours = got["enlace"]["cpu_us"]
    rows = []
    for name, of in got.items():
        times = of["cpu_us"] / ours
        aimed = name in ("Go net/http", "Node undici", "libcurl multi")
        rows.append([name, f"{of['cpu_us']:.1f} us", f"{times:.2f} x", "at least 2.5 x" if aimed else "",
                     judged(times, 2.5, False) if aimed else ""])
    table(f"CPU a call, 64 in flight; peers bare, enlace with every policy (medians of {ROUNDS} rounds)",
          ["client", "CPU", "of enlace's", "target", ""], rows)


def stream_peers(build, url):
    """Peers that read the same events; one that can't be had is skipped with a word."""
    work = build / "peers"
    work.mkdir(parents=True, exist_ok=True)
    made = {"libcurl": [build / "bench/bench_curl_stream"], "Python httpx": [sys.executable, HERE / "peers/httpx_stream.py"]}
    try:
        shutil.copy(HERE / "peers/undici_stream.mjs", work)
        if not (work / "node_modules/eventsource-parser").exists():
            subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--prefix", work, "undici@6", "eventsource-parser@3"],
                           check=True, capture_output=True, timeout=180)
        made["Node undici, eventsource-parser"] = ["node", work / "undici_stream.mjs"]
    except (OSError, subprocess.SubprocessError) as failed:
        print(f"skipped: undici, {failed}")
    programs = {}
    for name, command in made.items():
        programs[name] = lambda c=command: run([*c, url, SECONDS])
        try:
            programs[name]()
        except (RuntimeError, OSError, subprocess.SubprocessError) as failed:
            print(f"skipped: {name}, {failed}")
            del programs[name]
    return programs


def streams(build, _):
    source = subprocess.Popen([build / "bench/bench_stream_source"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                              preexec_fn=pinned(SERVER_CORE))
    port = source.stdout.readline().strip()

    def ours(mode):
        return lambda: run([build / "bench/bench_stream", mode, port, SECONDS])

    programs = {mode: ours(mode) for mode in
                ("raw_bytes", "bytes", "raw_events", "events", "raw_latency", "latency")}
    others = stream_peers(build, f"http://127.0.0.1:{port}/events?count=1000000000")
    got = interleaved({**programs, **others})
    memory = run([build / "bench/bench_stream", "idle", port, "10000"])
    source.stdin.close()
    source.wait()
    share = got["raw_bytes"]["cpu_us"] / got["bytes"]["cpu_us"]
    rows = [["bytes, CPU a MiB, to raw recv", f"{got['bytes']['cpu_us']:.0f} us to {got['raw_bytes']['cpu_us']:.0f}",
             f"{share:.0%}", "at least 85 %", judged(share, 0.85, False)]]
    for key, name in (("p50_us", "p50"), ("p99_us", "p99")):
        ratio = got["latency"][key] / got["raw_latency"][key]
        rows.append([f"latency of a token, {name}, to raw recv",
                     f"{got['latency'][key]:.1f} us to {got['raw_latency'][key]:.1f}", f"{ratio:.2f} x", "at most 1.3 x",
                     judged(ratio, 1.3)])
    rows.append(["10,000 idle streams", "", f"{memory['bytes']:.0f} B each", "at most 8192 B", judged(memory["bytes"], 8192)])
    table(f"Streams (medians of {ROUNDS} rounds)", ["what", "figures", "value", "target", ""], rows)
    ours_us = got["events"]["cpu_us"]
    readers = [[name, f"{got[name]['cpu_us']:.3f} us", f"{got[name]['cpu_us'] / ours_us:.2f} x"]
               for name in ("raw_events", "events", *others)]
    table("CPU an event of 100 bytes", ["reader", "CPU", "of enlace's"], readers)


def parts(build, _):
    for name in ("bench_policy", "bench_cache", "bench_decoder"):
        print(f"\n{name}\n")
        sys.stdout.flush()
        subprocess.run([build / f"bench/{name}", "--benchmark_min_time=0.1"], check=True, stderr=subprocess.DEVNULL)


def instructions(build, _):
    print("\nInstructions a call\n")
    sys.stdout.flush()
    subprocess.run([HERE.parent / "scripts/check-instructions", build], check=False)


def main():
    known = {"calls": calls, "streams": streams, "peers": peers, "telemetry": telemetry,
             "parts": parts, "instructions": instructions}
    build, wanted = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:] or list(known)
    server = Server()
    try:
        for name in wanted:
            known[name](build, server)
    finally:
        server.close()


if __name__ == "__main__":
    main()
