// Who may decode, and on which sequence: a bounded queue in front of a fixed number of sequences. A sequence keeps
// the state of its last prompt, so that one that begins alike starts from there; never across tenants.

import type { LlamaContextSequence, Token } from 'node-llama-cpp'
import { llmError } from '../messages.js'

type Sequence = Pick<
  LlamaContextSequence,
  'contextTokens' | 'nextTokenIndex' | 'adaptStateToTokens' | 'clearHistory'
>

export interface SequencePool<S extends Sequence> {
  /**
   * Waits for a sequence and brings it to what it shares with the prompt, less at least one token.
   * @throws `llm.queue-full`, or the signal's reason
   */
  acquire(prompt: PoolRequest): Promise<Lease<S>>
  waiting(): number
}

export interface PoolRequest {
  readonly tokens: readonly Token[]
  readonly tenant: string
  readonly signal: AbortSignal
}

export interface Lease<S> {
  readonly sequence: S
  /** Tokens of the prompt whose state is there already. */
  readonly cachedTokens: number
  release(): void
}

export interface PoolOptions<S> {
  readonly deployment: string
  readonly sequences: readonly S[]
  readonly maxWaiting: number
}

/** When a full queue may be asked again. */
const retryAfterMs = 1000

interface Slot<S> {
  readonly sequence: S
  tenant: string | undefined
  isBusy: boolean
  lastUse: number
}

interface Waiting<S> {
  readonly request: PoolRequest
  give(slot: Slot<S>): void
}

export const createSequencePool = <S extends Sequence>(options: PoolOptions<S>): SequencePool<S> => {
  const { deployment, maxWaiting } = options
  const slots = options.sequences.map(
    (sequence): Slot<S> => ({ sequence, tenant: undefined, isBusy: false, lastUse: 0 }),
  )
  const waiting: Waiting<S>[] = []
  let uses = 0

  const untilFree = (request: PoolRequest) =>
    new Promise<Slot<S>>((resolve, reject) => {
      const onAbort = () => {
        waiting.splice(waiting.indexOf(waiter), 1)
        reject(request.signal.reason)
      }
      const waiter: Waiting<S> = {
        request,
        give: (slot) => {
          request.signal.removeEventListener('abort', onAbort)
          resolve(slot)
        },
      }
      request.signal.addEventListener('abort', onAbort, { once: true })
      waiting.push(waiter)
    })

  /** Takes a slot at once, so that nobody else does. */
  const reserve = ({ tokens, tenant }: PoolRequest): Slot<S> | undefined => {
    const shared = (slot: Slot<S>) =>
      slot.tenant === tenant ? commonLength(slot.sequence.contextTokens, tokens) : 0
    const best = slots
      .filter((slot) => !slot.isBusy)
      .map((slot) => ({ slot, length: shared(slot) }))
      .toSorted((a, b) => b.length - a.length || a.slot.lastUse - b.slot.lastUse)[0]?.slot
    if (best) best.isBusy = true
    return best
  }

  const release = (slot: Slot<S>) => {
    slot.isBusy = false
    slot.lastUse = ++uses
    const next = waiting[0]
    const free = next && reserve(next.request)
    if (!free) return
    waiting.shift()
    next.give(free)
  }

  return {
    waiting: () => waiting.length,
    acquire: async (request) => {
      const { tokens, tenant, signal } = request
      signal.throwIfAborted()
      const free = reserve(request)
      if (!free && waiting.length >= maxWaiting)
        throw llmError(
          'llm.queue-full',
          { deployment, waiting: waiting.length, status: 429, retryAfterMs },
          { retryable: true },
        )
      const held = free ?? (await untilFree(request))
      try {
        if (held.tenant !== tenant) await held.sequence.clearHistory()
        held.tenant = tenant
        // The last token is always computed: its result is the first token of the answer.
        await held.sequence.adaptStateToTokens(tokens.slice(0, -1), false)
        signal.throwIfAborted()
      } catch (error) {
        release(held)
        throw error
      }
      return {
        sequence: held.sequence,
        cachedTokens: held.sequence.nextTokenIndex,
        release: () => release(held),
      }
    },
  }
}

const commonLength = (a: readonly Token[], b: readonly Token[]): number => {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return i
  return length
}
