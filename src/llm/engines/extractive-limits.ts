// What the extractive engine cannot do, found in a request. Whoever needs it must hear of it: an answer that ignores
// what was asked for looks like one that honours it. Pure.

import type { ChatRequest, Part } from '../contract.js'
import type { Capability } from '../messages.js'
import { listOf } from '../wire/fields.js'

/** A field of the request, by its name in OpenAI's API, and what an engine would need to honour it. */
export interface Unmet {
  readonly field: string
  readonly capability: Capability
}

/** The first that cannot be honoured; tools that need not be called are not among them. */
export const unmetIn = ({ toolChoice, responseFormat, messages, extra }: ChatRequest): Unmet | undefined => {
  if (toolChoice === 'required' || typeof toolChoice === 'object')
    return { field: 'tool_choice', capability: 'tool-calls' }
  if (responseFormat && responseFormat.type !== 'text')
    return { field: 'response_format', capability: 'json' }
  if (listOf(extra.modalities).some((modality) => modality !== 'text'))
    return { field: 'modalities', capability: 'audio-output' }
  for (const { role, parts } of messages) {
    const capability =
      role === 'assistant' || role === 'tool' ? undefined : parts.map(neededFor).find(Boolean)
    if (capability) return { field: 'messages', capability }
  }
  return undefined
}

const neededFor = ({ type }: Part): Capability | undefined => {
  if (type === 'image') return 'images'
  if (type === 'audio') return 'audio-input'
  return type === 'file' || type === 'item' ? 'files' : undefined
}
