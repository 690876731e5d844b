import { describe, expect, it } from 'vitest'
import { createSequencePool, type PoolRequest } from './sequence-pool.js'

type Token = PoolRequest['tokens'][number]

/** A sequence that only remembers its tokens. */
const createSequence = () => {
  let state: readonly Token[] = []
  return {
    get contextTokens() {
      return [...state]
    },
    get nextTokenIndex() {
      return state.length
    },
    adaptStateToTokens: async (tokens: Token[]) => {
      const differs = state.findIndex((token, i) => token !== tokens[i])
      state = state.slice(0, differs === -1 ? Math.min(state.length, tokens.length) : differs)
    },
    clearHistory: async () => {
      state = []
    },
    compute: (tokens: readonly Token[]) => {
      state = tokens
    },
  }
}

const tokensOf = (...ids: number[]) => ids as unknown as Token[]
const request = (tokens: readonly Token[], changes: Partial<PoolRequest> = {}): PoolRequest => ({
  tokens,
  tenant: 'default',
  signal: new AbortController().signal,
  ...changes,
})

const createPool = (sequences: number, maxWaiting = 8) =>
  createSequencePool({
    deployment: 'small',
    sequences: Array.from({ length: sequences }, createSequence),
    maxWaiting,
  })

describe('the pool of sequences', () => {
  it('goes on from the sequence that shares most with the prompt, less one token', async () => {
    const pool = createPool(2)
    const first = await pool.acquire(request(tokensOf(1, 2, 3)))
    first.sequence.compute(tokensOf(1, 2, 3, 9))
    first.release()
    const second = await pool.acquire(request(tokensOf(7, 8)))
    expect(second).toMatchObject({ cachedTokens: 0 })
    expect(second.sequence).not.toBe(first.sequence)
    second.sequence.compute(tokensOf(7, 8))
    second.release()
    const again = await pool.acquire(request(tokensOf(1, 2, 3)))
    expect(again).toMatchObject({ sequence: first.sequence, cachedTokens: 2 })
  })

  it('nothing is shared between tenants', async () => {
    const pool = createPool(1)
    const first = await pool.acquire(request(tokensOf(1, 2, 3), { tenant: 'a' }))
    first.sequence.compute(tokensOf(1, 2, 3))
    first.release()
    const other = await pool.acquire(request(tokensOf(1, 2, 3), { tenant: 'b' }))
    expect(other.cachedTokens).toBe(0)
  })

  it('those who wait are served in order', async () => {
    const pool = createPool(1)
    const first = await pool.acquire(request(tokensOf(1)))
    const order: string[] = []
    const wait = async (name: string) => {
      const lease = await pool.acquire(request(tokensOf(2)))
      order.push(name)
      lease.release()
    }
    const waits = [wait('a'), wait('b'), wait('c')]
    expect(pool.waiting()).toBe(3)
    first.release()
    await Promise.all(waits)
    expect(order).toEqual(['a', 'b', 'c'])
  })

  it('a full queue takes no more, and says when to come again', async () => {
    const pool = createPool(1, 1)
    const first = await pool.acquire(request(tokensOf(1)))
    const waiting = pool.acquire(request(tokensOf(1)))
    await expect(pool.acquire(request(tokensOf(1)))).rejects.toMatchObject({
      code: 'llm.queue-full',
      retryable: true,
      params: { status: 429, waiting: 1 },
    })
    first.release()
    await expect(waiting).resolves.toMatchObject({ cachedTokens: 0 })
  })

  it('who gives up waiting leaves the queue', async () => {
    const pool = createPool(1, 1)
    const first = await pool.acquire(request(tokensOf(1)))
    const abort = new AbortController()
    const given = pool.acquire(request(tokensOf(1), { signal: abort.signal }))
    abort.abort(new Error('gone'))
    await expect(given).rejects.toThrow('gone')
    expect(pool.waiting()).toBe(0)
    const next = pool.acquire(request(tokensOf(1)))
    first.release()
    ;(await next).release()
  })
})
