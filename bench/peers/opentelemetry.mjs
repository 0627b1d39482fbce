// Node's undici under the OpenTelemetry SDK. Usage: node opentelemetry.mjs URL COLLECTOR MODE IN_FLIGHT SECONDS
//   MODE   bare; metrics (http.client.request.duration, sent nowhere); 1 or 100: of a hundred calls are traced, and spans
//          and metrics go to COLLECTOR every second, uncompressed as is the SDK's default
import { metrics } from '@opentelemetry/api'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { registerInstrumentations } from '@opentelemetry/instrumentation'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import { MeterProvider, MetricReader, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BatchSpanProcessor, NodeTracerProvider, ParentBasedSampler, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-node'

const [url, collector, mode] = process.argv.slice(2)
const [inFlight, seconds] = process.argv.slice(5).map(Number)
const sampled = mode === 'bare' || mode === 'metrics' ? 0 : Number(mode)
const spans = { sampled: 0, exported: 0, failed: 0 }

/** Counts what is handed to the exporter, and what became of it. */
class CountingExporter extends OTLPTraceExporter {
  export (batch, done) {
    super.export(batch, result => {
      spans[result.code === 0 ? 'exported' : 'failed'] += batch.length
      done(result)
    })
  }
}

class CountingProcessor extends BatchSpanProcessor {
  onEnd (span) {
    ++spans.sampled
    super.onEnd(span)
  }
}

class SilentReader extends MetricReader {
  async onForceFlush () {}
  async onShutdown () {}
}

if (mode !== 'bare') {
  const reader = sampled === 0
    ? new SilentReader()
    : new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter({ url: collector + '/v1/metrics' }), exportIntervalMillis: 1000, exportTimeoutMillis: 1000 })
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
  const spanProcessors = sampled === 0
    ? []
    : [new CountingProcessor(new CountingExporter({ url: collector + '/v1/traces' }), { scheduledDelayMillis: 1000 })]
  new NodeTracerProvider({ sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sampled / 100) }), spanProcessors }).register()
  registerInstrumentations({ instrumentations: [new UndiciInstrumentation()] })
}

// What is instrumented must be loaded after the instrumentation.
const { Pool } = await import('undici')
const { origin, pathname } = new URL(url)
const pool = new Pool(origin, { connections: inFlight })
const request = { path: pathname, method: 'POST', headers: { 'content-type': 'application/json' }, body: 'x'.repeat(120) }
let calls = 0

async function work () {
  for (;;) {
    const { body } = await pool.request({ ...request, headers: { ...request.headers } })
    await body.text()
    ++calls
  }
}

const sleep = s => new Promise(resolve => setTimeout(resolve, s * 1000))
for (let i = 0; i < inFlight; ++i) work()
await sleep(Math.max(2, seconds / 2)) // until the compiler has warmed up
const before = { calls, ...spans }
const cpuBefore = process.cpuUsage()
const began = performance.now()
await sleep(seconds)
const made = calls - before.calls
const used = process.cpuUsage(cpuBefore)
const ended = spans.sampled - before.sampled
const exported = spans.exported - before.exported
const failed = spans.failed - before.failed
// The queue holds at most 2,048; what is missing beyond these was dropped.
const dropped = Math.max(0, ended - exported - failed - 2048)
console.log(`calls=${made} seconds=${((performance.now() - began) / 1000).toFixed(3)} cpu_us=${((used.user + used.system) / made).toFixed(4)} sampled=${ended} exported=${exported} dropped=${dropped} failed=${failed}`)
process.exit(0)
