"""aiohttp, bare. Usage: aiohttp_client.py URL IN_FLIGHT SECONDS"""
import asyncio
import sys

import aiohttp
from measure import measure


async def main(url, in_flight, seconds):
    connector = aiohttp.TCPConnector(limit=in_flight)
    async with aiohttp.ClientSession(connector=connector) as session:
        async def call():
            async with session.post(url, data=b"x" * 120, headers={"Content-Type": "application/json"}) as answer:
                await answer.read()

        await measure(call, in_flight, seconds)


asyncio.run(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
