"""httpx, bare. Usage: httpx_client.py URL IN_FLIGHT SECONDS"""
import asyncio
import sys

import httpx
from measure import measure


async def main(url, in_flight, seconds):
    limits = httpx.Limits(max_connections=in_flight, max_keepalive_connections=in_flight)
    async with httpx.AsyncClient(limits=limits) as client:
        async def call():
            answer = await client.post(url, content=b"x" * 120, headers={"Content-Type": "application/json"})
            await answer.aread()

        await measure(call, in_flight, seconds)


asyncio.run(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
