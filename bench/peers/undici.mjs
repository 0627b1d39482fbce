// Node's undici, bare. Usage: node undici.mjs URL IN_FLIGHT SECONDS
import { Pool } from 'undici'

const [url, inFlight, seconds] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])]
const { origin, pathname } = new URL(url)
const pool = new Pool(origin, { connections: inFlight })
const request = { path: pathname, method: 'POST', headers: { 'content-type': 'application/json' }, body: 'x'.repeat(120) }
let calls = 0
let running = true

async function work () {
  while (running) {
    const { body } = await pool.request(request)
    await body.text()
    ++calls
  }
}

const sleep = s => new Promise(resolve => setTimeout(resolve, s * 1000))
const all = Array.from({ length: inFlight }, work)
await sleep(seconds / 2) // until the compiler has warmed up
const callsBefore = calls
const cpuBefore = process.cpuUsage()
const began = performance.now()
await sleep(seconds)
const made = calls - callsBefore
const used = process.cpuUsage(cpuBefore)
console.log(`calls=${made} seconds=${((performance.now() - began) / 1000).toFixed(3)} cpu_us=${((used.user + used.system) / made).toFixed(4)}`)
running = false
await Promise.all(all)
await pool.close()
