import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { startDispatchProxy } from './dispatch-proxy.js'
import { type BenchServer, startMockUpstream } from './mock-upstream.js'
import { type BenchOrder, runBenchLoad } from './raw-load.js'
import type { BenchMode } from './raw-request.js'

const servers: BenchServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0).reverse()) await server.close()
})
const started = async (starting: Promise<BenchServer>) => {
  const server = await starting
  servers.push(server)
  return server
}

const order = (port: number, mode: BenchMode, load: BenchOrder['load']): BenchOrder => ({
  target: { host: '127.0.0.1', port, path: '/v1/chat/completions', model: 'mock', headers: {} },
  mode,
  seconds: 0.2,
  load,
})

it.each(['json', 'sse', 'paced'] as const)('asks for %s through the dispatch proxy', async (mode) => {
  const upstream = await started(startMockUpstream())
  const proxy = await started(startDispatchProxy(`http://127.0.0.1:${upstream.port}`))
  const { requests, totalMs, firstMs } = await runBenchLoad(order(proxy.port, mode, { connections: 2 }))
  expect(requests).toBeGreaterThan(0)
  expect(totalMs).toHaveLength(requests)
  // 51 pieces, one every two milliseconds.
  if (mode === 'paced') expect(Math.min(...totalMs)).toBeGreaterThanOrEqual(99)
  for (const [i, ms] of firstMs.entries()) expect(ms).toBeLessThanOrEqual(totalMs[i] ?? 0)
})

it('asks an open loop for exactly what it is to offer', async () => {
  const upstream = await started(startMockUpstream())
  const { requests } = await runBenchLoad(order(upstream.port, 'json', { perSecond: 100 }))
  expect(requests).toBe(20)
})

it.each([
  ['an error', 'HTTP/1.1 500 Oops\r\ncontent-length: 2\r\n\r\nno', /500 Oops/],
  ['a stream without its end', 'HTTP/1.1 200 OK\r\n\r\ndata: {}\n\n\r\n0\r\n\r\n', /data: \{\}/],
])('counts nothing that is %s', async (_name, answer, expected) => {
  const server = createServer((socket) => socket.on('data', () => socket.write(answer)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const run = runBenchLoad(order(port, 'sse', { connections: 1 }))
  await expect(run).rejects.toMatchObject({
    code: 'verify.bench-answer',
    message: expect.stringMatching(expected),
  })
  server.close()
})

it('times the token that was asked for, of the text that was asked for', async () => {
  const texts = [
    ['Hello', ' world'],
    ['你', '好', '嗎'],
  ]
  const upstream = await started(startMockUpstream({ tokens: { en: texts } }))
  const tokens = { language: 'en', texts: 2, events: [2, 4] }
  const { eventMs, totalMs, firstMs } = await runBenchLoad({
    ...order(upstream.port, 'paced', { perSecond: 20 }),
    tokens,
  })
  expect(eventMs).toHaveLength(4)
  for (const [i, ms] of eventMs.entries()) {
    // One event every two milliseconds, the first at once.
    expect(ms - (firstMs[i] ?? 0)).toBeGreaterThan(0)
    expect(ms).toBeLessThanOrEqual(totalMs[i] ?? 0)
  }
})
