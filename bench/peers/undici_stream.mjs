// Node's undici with eventsource-parser. Usage: node undici_stream.mjs URL SECONDS
import { request } from 'undici'
import { createParser } from 'eventsource-parser'

const [url, seconds] = [process.argv[2], Number(process.argv[3])]
let events = 0
const parser = createParser({ onEvent: () => { ++events } })
const { body } = await request(url)
const decoder = new TextDecoder()
const warm = performance.now()
let began = 0
let cpuBefore
for await (const chunk of body) {
  parser.feed(decoder.decode(chunk, { stream: true }))
  const now = performance.now()
  if (began === 0 && now - warm > seconds * 500) {
    [events, began, cpuBefore] = [0, now, process.cpuUsage()]
  } else if (began !== 0 && now - began > seconds * 1000) break
}
const used = process.cpuUsage(cpuBefore)
console.log(`calls=${events} seconds=${((performance.now() - began) / 1000).toFixed(3)} cpu_us=${((used.user + used.system) / events).toFixed(4)}`)
process.exit(0)
