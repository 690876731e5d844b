// The fuzz of `npm run acceptance -- gateway` in its short form.

import { afterAll, beforeAll, expect, it } from 'vitest'
import type { TestGateway } from '../../src/gateway/__fixtures__/harness.js'
import { startFuzzGateway } from './fuzz-gateway.js'
import { fuzzBodies, fuzzStreams, tryGoodBodies } from './run-fuzz.js'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startFuzzGateway()
})
afterAll(() => gateway.close())

it('every endpoint answers the bodies from which the fuzz starts', { timeout: 60_000 }, async () => {
  expect(await tryGoodBodies(gateway)).toEqual([])
})

it('every endpoint answers or refuses whatever body arrives', { timeout: 180_000 }, async () => {
  const results = await fuzzBodies(gateway, { each: 200, seed: 'short' })
  expect(results.flatMap(({ wrong }) => wrong)).toEqual([])
  expect(results.length).toBeGreaterThan(25)
  for (const { path, statuses } of results) expect(Object.keys(statuses).join(), path).toMatch(/40[04]|501/)
  expect((await fetch(`${gateway.url}/health`)).status).toBe(200)
})

it('a stream says the same however it was cut, in every pair of dialects', { timeout: 180_000 }, async () => {
  const { differing, pairs } = await fuzzStreams(gateway, { count: 400, seed: 'short' })
  expect(differing.slice(0, 3)).toEqual([])
  expect(pairs).toBeGreaterThan(50)
})
