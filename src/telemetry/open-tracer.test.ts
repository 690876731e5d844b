import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { silentLog } from '../core/index.js'
import { openTracer, type TracerOptions } from './open-tracer.js'
import { type Collector, startCollector } from './testing.js'

let collector: Collector | undefined
afterEach(() => collector?.close())

const optionsFor = (endpoint?: string): TracerOptions => ({
  config: { endpoint, headers: {}, sampleRatio: 1, captureContent: false },
  environment: {},
  onSpans: () => {},
  log: silentLog,
})

describe('openTracer', () => {
  it('loads nothing of OpenTelemetry where nobody wants traces', () => {
    // prom-client loads the package `api`, for exemplars; the SDK and the exporter are what is large.
    const built = fileURLToPath(new URL('../../dist/telemetry/index.js', import.meta.url))
    const script = `
      import { registerHooks } from 'node:module'
      const seen = []
      registerHooks({ resolve: (name, context, next) => {
        if (/^@opentelemetry\\/(?!api$)/.test(name)) seen.push(name)
        return next(name, context)
      } })
      const { openTracer } = await import(${JSON.stringify(built)})
      const log = { warn: () => {} }
      const open = (endpoint) => openTracer({
        config: { endpoint, headers: {}, sampleRatio: 1, captureContent: false }, environment: {}, onSpans: () => {}, log,
      })
      const nothing = await open(undefined)
      const before = seen.length
      const tracer = await open('http://127.0.0.1:1')
      await tracer.close()
      console.log(JSON.stringify([nothing === undefined, before, seen.length > 0]))`
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual([true, 0, true])
  })

  it('says nothing after it was closed, and closes twice', async () => {
    collector = await startCollector()
    const tracer = await openTracer(optionsFor(collector.endpoint))
    tracer?.request('GET', {}, {}).span?.end()
    await tracer?.close()
    expect(collector.spans.map(({ name }) => name)).toEqual(['GET'])
    tracer?.request('GET', {}, {}).span?.end()
    await tracer?.close()
    expect(collector.spans).toHaveLength(1)
  })

  it('exports a whole queue at once when it is flushed', async () => {
    collector = await startCollector()
    const counted: Record<string, number> = {}
    const onSpans: TracerOptions['onSpans'] = (result, count) => {
      counted[result] = (counted[result] ?? 0) + count
    }
    const tracer = await openTracer({ ...optionsFor(collector.endpoint), onSpans })
    for (let i = 0; i < 4_096; i++) tracer?.request('GET', {}, {}).span?.end()
    await tracer?.close()
    expect(counted).toEqual({ exported: 4_096 })
    expect(collector.spans).toHaveLength(4_096)
  })

  it('takes secrets out of texts, and ends a span once', async () => {
    collector = await startCollector()
    const tracer = await openTracer(optionsFor(collector.endpoint))
    const span = tracer?.request('GET', { a: 1, b: undefined, c: ['x', 'y'] }, {}).span
    span?.setContent('text', [{ content: 'the key sk-abcdefghijklmnopqrstuv, "Bearer abcdefgh"' }])
    span?.end('some.code')
    span?.set({ late: true })
    span?.end('another.code')
    await tracer?.close()
    const [first] = collector.spans
    expect(first?.isError).toBe(true)
    expect(first?.attributes).toEqual({
      a: 1,
      c: ['x', 'y'],
      text: '[{"content":"the key sk-[redacted], \\"Bearer [redacted]\\""}]',
      'error.type': 'some.code',
    })
  })
})
