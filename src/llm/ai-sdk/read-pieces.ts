// What an AI SDK model says, piece by piece, as events of the contract. The same for an answer that came whole, whose
// pieces are the whole parts.

import type { Usage } from '../../core/index.js'
import type { ChatEvent } from '../contract.js'
import { compact } from '../wire/fields.js'
import type { ProviderFields, ProviderFinish, ProviderPiece, ProviderUsage } from './provider-model.js'
import { signatureOf } from './signature.js'

export interface PieceReader {
  /** Undefined for a piece that the contract has no event for, and that changes what is said. */
  read(piece: ProviderPiece): readonly ChatEvent[] | undefined
}

interface OpenCall {
  readonly index: number
  /** Whether the arguments have come, or come, in pieces. */
  isSpoken: boolean
}

const nothing: readonly ChatEvent[] = []

export const createPieceReader = (): PieceReader => {
  const calls = new Map<string, OpenCall>()
  /** What was said about each block of reasoning, wherever in it. */
  const metadata = new Map<string, ProviderFields>()

  const callOf = (id: string): { readonly call: OpenCall; readonly isNew: boolean } => {
    const known = calls.get(id)
    const call = known ?? { index: calls.size, isSpoken: false }
    if (!known) calls.set(id, call)
    return { call, isNew: !known }
  }
  const note = ({ id = '', providerMetadata }: ProviderPiece) => {
    if (providerMetadata) metadata.set(id, merge(metadata.get(id), providerMetadata))
  }
  const speak = (id: string, name: string | undefined, text: string): ChatEvent => {
    const { call, isNew } = callOf(id)
    if (text !== '') call.isSpoken = true
    const head = isNew ? compact({ id, name }) : {}
    return { type: 'tool-call', choice: 0, index: call.index, ...head, arguments: text }
  }

  return {
    read: (piece) => {
      const { type, id = '' } = piece
      switch (type) {
        case 'text':
        case 'text-delta':
          return [{ type: 'text', choice: 0, text: piece.delta ?? piece.text ?? '' }]
        case 'reasoning':
          return [reasoning(piece.text ?? '', signatureOf(piece.providerMetadata))]
        case 'reasoning-start':
          note(piece)
          return nothing
        case 'reasoning-delta':
          note(piece)
          return [reasoning(piece.delta ?? '')]
        case 'reasoning-end': {
          note(piece)
          const signature = signatureOf(metadata.get(id))
          return signature === undefined ? nothing : [reasoning('', signature)]
        }
        case 'tool-input-start':
          // Deltas of another encoding are no JSON; the whole call that follows is.
          return piece.providerExecuted || piece.inputEncoding === 'text'
            ? nothing
            : [speak(id, piece.toolName, '')]
        case 'tool-input-delta':
          return calls.has(id) ? [speak(id, undefined, piece.delta ?? '')] : nothing
        case 'tool-call': {
          if (piece.providerExecuted) return nothing
          const key = piece.toolCallId ?? ''
          const isSaid = calls.get(key)?.isSpoken ?? false
          return isSaid ? nothing : [speak(key, piece.toolName, piece.input ?? '')]
        }
        case 'file':
        case 'reasoning-file':
          return undefined
        default:
          return nothing
      }
    },
  }
}

const reasoning = (text: string, signature?: string): ChatEvent => ({
  type: 'reasoning',
  choice: 0,
  text,
  ...(signature !== undefined && { signature }),
})

const merge = (a: ProviderFields | undefined, b: ProviderFields): ProviderFields => ({
  ...a,
  ...Object.fromEntries(Object.entries(b).map(([name, fields]) => [name, { ...a?.[name], ...fields }])),
})

/** How a model says that it ended: a reason in the words of chat, or that it has not ended well. */
export type ReadFinish =
  | { readonly reason: string }
  | { readonly failure: 'error' | 'no-finish'; readonly raw: string }

export const readFinish = (finish: ProviderFinish): ReadFinish => {
  const { unified, raw } = typeof finish === 'string' ? { unified: finish, raw: undefined } : finish
  const known = reasons[unified]
  if (known !== undefined) return { reason: known }
  if (unified === 'error') return { failure: 'error', raw: raw ?? unified }
  // Providers begin with `other` and keep it where their server ends without a word.
  if (unified === 'interrupted' || raw === undefined) return { failure: 'no-finish', raw: unified }
  return { reason: raw }
}

const reasons: Readonly<Record<string, string>> = {
  stop: 'stop',
  length: 'length',
  'content-filter': 'content_filter',
  'tool-calls': 'tool_calls',
}

/** Undefined where a provider does not say how many tokens there were. */
export const readUsage = ({ inputTokens, outputTokens }: ProviderUsage): Usage | undefined => {
  if (inputTokens?.total === undefined || outputTokens?.total === undefined) return undefined
  return {
    input: {
      total: inputTokens.total,
      cacheRead: inputTokens.cacheRead ?? 0,
      cacheWrite: inputTokens.cacheWrite ?? 0,
    },
    output: { total: outputTokens.total, reasoning: outputTokens.reasoning ?? 0 },
  }
}
