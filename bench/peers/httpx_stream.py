"""httpx with httpx-sse, or where that is not installed with its own lines. Usage: httpx_stream.py URL SECONDS"""
import sys
import time

import httpx

try:
    from httpx_sse import EventSource

    def events_of(response):
        return EventSource(response).iter_sse()
except ImportError:
    def events_of(response):
        return (line for line in response.iter_lines() if line.startswith("data:"))


def main(url, seconds):
    with httpx.stream("GET", url, timeout=30) as response:
        warm, began, events, cpu = time.monotonic(), None, 0, 0.0
        for _ in events_of(response):
            events += 1
            if events % 64:
                continue
            now = time.monotonic()
            if began is None:
                if now - warm > seconds / 2:
                    began, events, cpu = now, 0, time.process_time()
            elif now - began > seconds:
                break
        used = time.process_time() - cpu
        print(f"calls={events} seconds={time.monotonic() - began:.3f} cpu_us={used * 1e6 / events:.4f}")


main(sys.argv[1], float(sys.argv[2]))
