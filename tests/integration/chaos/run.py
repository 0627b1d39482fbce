"""Real processes, real faults: calls at a steady rate while the network, the upstream or the names fail, and after.

Usage: /usr/bin/python3 tests/integration/chaos/run.py [--programs BUILD_FOLDER] [--scenario NAME]... [--seconds N] [--rate N]
                                                       [--loopback] [--cool-down-ms N] [--report FILE] [--keep FOLDER]
Each scenario takes N seconds: a third healthy, a third with the fault, a third healthy again. Wants root, for its network
namespaces; with --loopback it does without, and leaves out the scenarios that need them.
"""
import argparse
import json
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import time

import report
from namespaces import Loopback, Namespaces
from processes import Processes, wait_for
from scenarios import ALL
from stage import Stage

ROOT = pathlib.Path(__file__).resolve().parents[3]
TICK = 0.1
SKIPPED = 77


def pass_time(until, stage, tick=None):
    """Waits for a moment, while the driver runs."""
    while time.monotonic() < until:
        if not stage.driver.alive():
            raise RuntimeError("the driver ended: " + stage.driver.errors.read_text())
        time.sleep(max(0, min(TICK, until - time.monotonic())))
        if tick is not None:
            tick(stage)


def play(stage, given):
    """Runs the driver and the fault. Gives when the fault began and ended."""
    third = given.seconds / 3
    more = ("--cool-down-ms", given.cool_down_ms)
    if stage.scenario.misbehaves:
        more += ("--misbehave-from", third, "--misbehave-until", 2 * third)
    start = time.monotonic()
    stage.start_driver(given.rate, given.seconds, more)
    fault = stage.scenario.fault()
    pass_time(start + third, stage)
    begin = time.monotonic()
    fault.begin(stage)
    try:
        pass_time(start + 2 * third, stage, fault.tick)
    finally:
        end = time.monotonic()  # and what it takes to end it counts as recovery
        fault.end(stage)
    wait_for(lambda: not stage.driver.alive(), "the driver's end", third + 30)
    return begin, end


def judge(stage, fault, given):
    """The row of the table."""
    seconds, summary = report.read_driver(stage.driver.output.read_text())
    summary["seconds"] = given.seconds
    row = report.figures(stage.scenario.name, seconds, summary, fault)
    replies = [line.split() for line in (stage.folder / "replies").read_text().splitlines()]
    if stage.scenario.front == "serve":
        # It keeps no ledger, but counts; the posts that failed are those that might have been repeated.
        counts = stage.count_of([request for request, code in replies if request[0] == "p" and code != "OK"])
        twice, unnoted, strangers = [request for request, count in counts.items() if count > 1], [], []
    else:
        twice, unnoted, strangers = report.compare_with_ledger(replies, *report.executions(stage.ledger.read_text()))
    row["cool_down_ms"] = given.cool_down_ms
    row["run_twice"] = len(twice)
    row["unnoted"] = len(unnoted)
    row["wrong_tenant"] += len(strangers)
    row["problems"] = report.problems(row)
    row["verdict"] = "failed" if row["problems"] else "passed"
    return row


def run_scenario(scenario, given):
    folder = tempfile.mkdtemp(prefix="enlace-chaos-")
    os.chmod(folder, 0o755)
    try:
        with (Loopback() if given.loopback else Namespaces()) as world, Processes(world, folder) as processes:
            stage = Stage(world, processes, given.programs, scenario)
            stage.start_servers()
            fault = play(stage, given)
            return judge(stage, fault, given)
    finally:
        if given.keep:
            shutil.copytree(folder, pathlib.Path(given.keep, scenario.name), dirs_exist_ok=True)
        shutil.rmtree(folder, ignore_errors=True)


def arguments():
    known = [scenario.name for scenario in ALL]
    parser = argparse.ArgumentParser(description="Calls under faults, on real processes.")
    parser.add_argument("--programs", type=pathlib.Path, default=ROOT / "build/release", help="where the programs were built")
    parser.add_argument("--scenario", action="append", choices=known, metavar="NAME", help="one of " + ", ".join(known))
    parser.add_argument("--seconds", type=int, default=60, help="of each scenario")
    parser.add_argument("--rate", type=int, default=2000, help="calls a second")
    parser.add_argument("--cool-down-ms", type=int, default=2000, help="of the driver's breaker; at most twice as long after failed probes")
    parser.add_argument("--loopback", action="store_true", help="without namespaces")
    parser.add_argument("--report", type=pathlib.Path, default=ROOT / "build/chaos.json")
    parser.add_argument("--keep", help="a folder that gets what the processes wrote")
    return parser.parse_args()


def main():
    given = arguments()
    if not given.loopback and os.geteuid() != 0:
        print("chaos: network namespaces want root")
        return SKIPPED
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    chosen = [scenario for scenario in ALL if not given.scenario or scenario.name in given.scenario]
    rows = []
    for scenario in chosen:
        if given.loopback and not scenario.on_loopback:
            continue
        print(f"{scenario.name}: {given.seconds} s at {given.rate} calls a second", flush=True)
        rows.append(run_scenario(scenario, given))
        for problem in rows[-1]["problems"]:
            print("  " + problem, flush=True)
    print(report.table(rows))
    print(f"The breaker's cool-down, {given.cool_down_ms} to {2 * given.cool_down_ms} ms, is part of the recovery.")
    given.report.parent.mkdir(parents=True, exist_ok=True)
    given.report.write_text(json.dumps(rows, indent=1))
    return 0 if rows and all(row["verdict"] == "passed" for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
