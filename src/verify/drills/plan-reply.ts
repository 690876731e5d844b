// What the provider mock does with a call: answers, fails or breaks off, and what it charges. Pure, by seed.

import { createRandom } from '../../core/index.js'
import { countProviderTokens } from './count-tokens.js'
import type { InvoiceLine, PriceSheet, ProviderOptions } from './provider-options.js'

export interface ProviderCall {
  /** Which call of the process, counting from 0. */
  readonly index: number
  readonly prompt: string
  readonly stream: boolean
}

export interface PlannedReply {
  readonly ended: InvoiceLine['ended']
  /** Pieces of the answer's text, in order. Of a stream that is cut off, those that are sent. */
  readonly pieces: readonly string[]
  readonly inputTokens: number
  readonly cachedInputTokens: number
  readonly outputTokens: number
}

const words =
  'harbor ledger tide account north window paper stone river signal field market lamp bridge 帳戶 說明 服務 客戶'.split(
    ' ',
  )
const wordsPerPiece = 4

export const planReply = (call: ProviderCall, options: ProviderOptions): PlannedReply => {
  const random = createRandom(`${options.seed} ${call.index}`)
  const fate = random.next()
  const inputTokens = countProviderTokens(call.prompt)
  const cachedInputTokens = random.next() < options.cachedShare ? Math.floor(inputTokens / 2) : 0
  const pieces = Array.from(
    { length: 4 + random.integer(12) },
    () => `${Array.from({ length: wordsPerPiece }, () => random.pick(words)).join(' ')} `,
  )
  const usage = { inputTokens, cachedInputTokens }
  if (fate < options.failureShare) return { ended: 'refused', pieces: [], ...usage, outputTokens: 0 }
  if (call.stream && fate < options.failureShare + options.cutOffShare) {
    const sent = pieces.slice(0, Math.ceil(pieces.length / 2))
    return { ended: 'cut-off', pieces: sent, ...usage, outputTokens: countProviderTokens(sent.join('')) }
  }
  return { ended: 'finished', pieces, ...usage, outputTokens: countProviderTokens(pieces.join('')) }
}

/** The provider charges for whole answers only. In whole nano-dollars. */
export const chargeOf = (reply: PlannedReply, prices: PriceSheet): number =>
  reply.ended === 'finished'
    ? (reply.inputTokens - reply.cachedInputTokens) * prices.inputNanoUsd +
      reply.cachedInputTokens * prices.cachedInputNanoUsd +
      reply.outputTokens * prices.outputNanoUsd
    : 0
