"""What the Python peers share: so many tasks that call until the time is over, and what that took."""
import asyncio
import resource
import time


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def measure(call, in_flight, seconds):
    calls = 0
    running = True

    async def work():
        nonlocal calls
        while running:
            await call()
            calls += 1

    tasks = [asyncio.create_task(work()) for _ in range(in_flight)]
    await asyncio.sleep(seconds / 5)
    calls_before, cpu_before, began = calls, cpu_seconds(), time.monotonic()
    await asyncio.sleep(seconds)
    made = calls - calls_before
    cpu = cpu_seconds() - cpu_before
    print(f"calls={made} seconds={time.monotonic() - began:.3f} cpu_us={cpu * 1e6 / made:.4f}")
    running = False
    await asyncio.gather(*tasks)
