"""From what the driver and the ledger say to figures, faults found, and a table."""
import collections
import json
import statistics

GOOD_SHARE = 0.99
LATE_MOST_MS = 1500
RSS_MORE_MOST = 16 << 20

COLUMNS = (("scenario", "scenario"), ("calls", "calls"), ("replies", "replies"), ("ok_percent", "ok %"), ("lost", "lost"),
           ("double_replies", "double"), ("run_twice", "run twice"), ("wrong_tenant", "tenant"), ("recovery_s", "recovery s"),
           ("rss_first_mb", "RSS MB"), ("rss_last_mb", "then"), ("descriptors_first", "fds"), ("descriptors_last", "then"),
           ("descriptors_leaked", "leaked"),
           ("p99_first_ms", "p99 ms"), ("p99_fault_ms", "fault"), ("p99_last_ms", "then"), ("late_p99_ms", "late p99"),
           ("late_longest_ms", "latest"), ("verdict", "verdict"))


def recovery_seconds(summary, fault_end):
    """From the end of the fault to the start of the first second whose replies are good again; None: never."""
    tenths = summary["tenths"]
    usual = summary["calls"] / summary["seconds"]
    first = max(0, round((fault_end - summary["began"]) * 10))
    for at in range(first, len(tenths) - 9):
        calls = sum(each[0] for each in tenths[at:at + 10])
        good = sum(each[1] for each in tenths[at:at + 10])
        if calls >= usual / 2 and good >= GOOD_SHARE * calls:
            return round(max(0.0, summary["began"] + at / 10 - fault_end), 1)
    return None


def share_of_good(seconds):
    calls = sum(each["calls"] for each in seconds)
    return sum(each["ok"] for each in seconds) / calls if calls else 0.0


def read_driver(text):
    """The lines of the seconds, and the summary."""
    lines = [json.loads(line) for line in text.splitlines()]
    if not lines or "summary" not in lines[-1]:
        raise RuntimeError("the driver gave no summary")
    return lines[:-1], lines[-1]["summary"]


def executions(ledger_text):
    """How often each id was executed, and on whose behalf it first was."""
    counts, tenants = collections.Counter(), {}
    for line in ledger_text.splitlines():
        request, tenant = line.split(" ", 1)
        counts[request] += 1
        tenants.setdefault(request, tenant)
    return counts, tenants


def compare_with_ledger(replies, counts, tenants):
    """Posts that were executed twice, answers to what was not executed, and executions for another tenant."""
    twice = [request for request, count in counts.items() if request[0] == "p" and count > 1]
    unnoted = [request for request, code in replies if code == "OK" and request[0] != "c" and request not in counts]
    # The driver's plan: ten calls in a row are of one tenant of twenty.
    strangers = [request for request, tenant in tenants.items() if tenant != f"tenant-{int(request[1:]) // 10 % 20}"]
    return twice, unnoted, strangers


def median(seconds, what):
    return statistics.median(each[what] for each in seconds) if seconds else 0


def phases(seconds, fault_begin, fault_end):
    """The seconds before the fault once all is warm, those of the fault, and those after it."""
    full = [each for each in seconds[:-1] if each["calls"]]
    before = [each for each in full if each["at"] <= fault_begin]
    during = [each for each in full if fault_begin < each["at"] <= fault_end]
    after = [each for each in full if each["at"] > fault_end + 1]
    return before[len(before) // 2:], during, after


def figures(name, seconds, summary, fault):
    first, during, after = phases(seconds, *fault)
    last = after[-max(1, len(after) // 3):]
    calls = summary["calls"]
    good = calls - sum(summary["failures"].values())
    row = {"scenario": name, "calls": calls, "replies": summary["replies"], "ok_percent": round(100 * good / calls, 1),
           "lost": summary["lost"], "double_replies": summary["doubles"], "wrong_tenant": summary["wrong_tenant"],
           "wrong_subject": summary["wrong_subject"], "recovery_s": recovery_seconds(summary, fault[1]),
           "late_calls": summary["late"]["calls"], "late_p50_ms": summary["late"]["p50_ms"],
           "late_p99_ms": summary["late"]["p99_ms"], "late_longest_ms": round(summary["late"]["longest_ms"], 1),
           "failures": summary["failures"], "ok_first": share_of_good(first), "ok_fault": share_of_good(during),
           "ok_last": share_of_good(last), "seconds": seconds}
    for phase, part in (("first", first), ("last", last)):
        row["rss_" + phase] = median(part, "rss")
        row[f"rss_{phase}_mb"] = round(median(part, "rss") / 1e6, 1)
        row[f"p99_{phase}_ms"] = round(median(part, "p99_ms"), 1)
    # The fewest, since a stumble of the machine opens many connections; judged is what is left once the idle are closed.
    row["descriptors_first"] = min((each["descriptors"] for each in first), default=0)
    row["descriptors_last"] = min((each["descriptors"] for each in after), default=0)
    row["descriptors_leaked"] = summary["descriptors_left"] - summary["descriptors_before"]
    row["fault_s"] = [round(when - summary["began"], 2) for when in fault]
    row["p99_fault_ms"] = round(median(during, "p99_ms"), 1)
    return row


def problems(row):
    """What the run showed that may not be. Memory and descriptors: the last healthy phase against the first."""
    checks = (
        (row["lost"] == 0 and row["replies"] == row["calls"], f"{row['lost']} calls had no reply"),
        (row["double_replies"] == 0, f"{row['double_replies']} calls had two replies"),
        (row["wrong_subject"] == 0, f"{row['wrong_subject']} replies were another call's"),
        (row["wrong_tenant"] == 0, f"{row['wrong_tenant']} replies or executions were another tenant's"),
        (row["run_twice"] == 0, f"{row['run_twice']} requests that must not be repeated ran twice"),
        (row["unnoted"] == 0, f"{row['unnoted']} successes were never executed"),
        (row["recovery_s"] is not None, "it did not recover"),
        (row["ok_first"] >= GOOD_SHARE, f"only {row['ok_first']:.1%} succeeded before the fault"),
        (row["ok_last"] >= GOOD_SHARE, f"only {row['ok_last']:.1%} succeeded at the end"),
        (row["late_longest_ms"] <= LATE_MOST_MS, f"a reply came {row['late_longest_ms']} ms after its deadline"),
        (row["rss_last"] <= row["rss_first"] + RSS_MORE_MOST, "memory grew"),
        (row["descriptors_leaked"] <= 0, f"{row['descriptors_leaked']} descriptors leaked"),
    )
    return [text for good, text in checks if not good]


def table(rows):
    """As text, a line a scenario."""
    cells = [[title for _, title in COLUMNS]]
    for row in rows:
        cells.append(["never" if row.get(key) is None else str(row[key]) for key, _ in COLUMNS])
    widths = [max(len(line[i]) for line in cells) for i in range(len(COLUMNS))]
    lines = ["  ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                       for i, (cell, width) in enumerate(zip(line, widths))) for line in cells]
    for row in rows:
        lines += [f"{row['scenario']}: {text}" for text in row["problems"]]
    return "\n".join(lines)
