import { describe, expect, it } from 'vitest'
import { ArchitectError, createRandom } from '../../core/index.js'
import { type Failed, retryPauseMs } from './retry-plan.js'

const retry = { attempts: 4, baseDelayMs: 100, maxDelayMs: 300 }
const failed = (changes: Partial<Failed> = {}): Failed => ({
  error: new ArchitectError('llm.upstream-unreachable', {}, '', { retryable: true }),
  calls: 1,
  leftMs: 10_000,
  ...changes,
})
const status = (code: number, retryAfterMs: number | null = null, retryable = true) =>
  new ArchitectError('llm.upstream-status', { status: code, retryAfterMs }, '', { retryable })
const pause = (changes: Partial<Failed>) => retryPauseMs(failed(changes), retry, createRandom('seed'))

describe('the pause before another call', () => {
  it.each([
    [429, true],
    [502, true],
    [503, true],
    [504, true],
    [529, true],
    [500, false],
    [408, false],
    [400, false],
    [401, false],
  ])('after status %d: %s', (code, isRepeated) => {
    expect(pause({ error: status(code, null, code !== 400 && code !== 401) }) !== undefined).toBe(isRepeated)
  })

  it('is drawn from a range that doubles up to its bound', () => {
    const random = createRandom('seed')
    const longest = (calls: number) =>
      Math.max(...Array.from({ length: 500 }, () => retryPauseMs(failed({ calls }), retry, random) ?? 0))
    const bounds = [longest(1), longest(2), longest(3)]
    expect(bounds[0]).toBeGreaterThan(95)
    expect(bounds[0]).toBeLessThan(100)
    expect(bounds[1]).toBeGreaterThan(190)
    expect(bounds[1]).toBeLessThan(200)
    expect(bounds[2]).toBeGreaterThan(285)
    expect(bounds[2]).toBeLessThan(300)
  })

  it('is the time that was asked for, unless that is too long or past the deadline', () => {
    expect(pause({ error: status(429, 250) })).toBe(250)
    expect(pause({ error: status(503, 250) })).toBe(250)
    expect(pause({ error: status(429, 60_000) })).toBeUndefined()
    expect(pause({ error: status(429, 250), leftMs: 250 })).toBeUndefined()
  })

  it('comes no more once the calls are used up, and never for an account that is spent', () => {
    expect(pause({ calls: 4 })).toBeUndefined()
    expect(pause({ error: status(429, 10, false) })).toBeUndefined()
  })
})
