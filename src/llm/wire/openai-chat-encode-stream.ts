// Writes a stream of OpenAI's chat completions API. Events that came from one chunk go back into one; events of
// another origin get a chunk each. Differences to what came in: comments, ids and retry fields of the SSE framing
// are gone; an error is written as `renderError` says; usage of another dialect comes once, at the end.

import { isContent } from '../content.js'
import type { ChatEvent } from '../contract.js'
import { createEmptyCalls } from './empty-calls.js'
import { defaultError } from './error-body.js'
import type { Fields } from './fields.js'
import { writeByPattern } from './openai-chat-chunk-pattern.js'
import { chatNative } from './openai-chat-native.js'
import { writeUsage } from './openai-chat-usage.js'
import { addToChoice, type ChoiceDraft, emptyChoice } from './openai-chat-write-choice.js'
import { sseText } from './sse-writer.js'
import type { EncoderOptions, StreamEncoder } from './wire-codec.js'

interface ChunkDraft {
  readonly envelope: Fields
  readonly choices: Map<number, ChoiceDraft>
  usage?: Fields
}

export const createStreamEncoder = (options: EncoderOptions): StreamEncoder => {
  const state = createHead(options)
  const calls = createEmptyCalls()
  let draft: ChunkDraft | undefined
  let out = ''
  let failed = false
  let lateUsage: Fields | undefined

  const flush = () => {
    if (draft) out += sseText(JSON.stringify(chunkOf(draft)))
    draft = undefined
  }

  const draftFor = (event: ChatEvent): ChunkDraft => {
    const envelope = chatNative(event)?.envelope
    if (draft && envelope === draft.envelope) return draft
    flush()
    draft = { envelope: envelope ?? state.envelope(), choices: new Map() }
    return draft
  }

  const addUsage = (event: Extract<ChatEvent, { readonly type: 'usage' }>) => {
    const native = chatNative(event)
    const isOwnChunk = !draft || native?.envelope !== draft.envelope
    if (options.includeUsage === false && isOwnChunk) return
    if (native?.usage) draftFor(event).usage = native.usage
    else lateUsage = writeUsage(event.usage)
  }

  const add = (event: ChatEvent) => {
    const written = writeByPattern(event)
    if (written !== undefined) {
      flush()
      state.start(event.choice)
      out += sseText(written)
    } else if (event.type === 'error') {
      flush()
      failed = true
      out += sseText(JSON.stringify({ error: (options.renderError ?? defaultError)(event.error) }))
    } else if (event.type === 'usage') {
      addUsage(event)
    } else {
      for (const empty of calls.emptyBefore(event)) addContent(draftFor(empty), empty, state)
      if (state.isWorthAChunk(event)) addContent(draftFor(event), event, state)
    }
  }

  const take = () => {
    const bytes = Buffer.from(out, 'utf8')
    out = ''
    return bytes
  }

  return {
    encode: (events) => {
      for (const event of events) if (!failed) add(event)
      flush()
      return take()
    },
    end: () => {
      if (failed) return take()
      if (lateUsage) out += sseText(JSON.stringify({ ...state.envelope(), choices: [], usage: lateUsage }))
      out += sseText('[DONE]')
      return take()
    },
  }
}

const addContent = (draft: ChunkDraft, event: ChatEvent, state: Head) => {
  const native = chatNative(event)
  if (native?.choice?.isChunkWithoutChoices) return
  const choice = draft.choices.get(event.choice) ?? emptyChoice(event.choice)
  draft.choices.set(event.choice, choice)
  if (native) state.start(event.choice)
  else if (state.start(event.choice)) choice.body.role = 'assistant'
  if (!native && event.type === 'start') choice.body.content = ''
  addToChoice(choice, event)
  if (!native) choice.outer.finish_reason ??= null
}

const chunkOf = ({ envelope, choices, usage }: ChunkDraft) => ({
  ...envelope,
  choices: [...choices.values()].map(({ index, outer, body }) => ({ index, delta: body, ...outer })),
  ...(usage && { usage }),
})

type Head = ReturnType<typeof createHead>

/** What all chunks of a stream say, and which choices have begun. */
const createHead = (options: EncoderOptions) => {
  const started = new Set<number>()
  const head = {
    id: options.id,
    object: 'chat.completion.chunk',
    created: options.createdSeconds,
    model: options.model,
  }
  return {
    envelope: (): Fields => ({ ...head }),
    start: (choice: number) => {
      const isNew = !started.has(choice)
      started.add(choice)
      return isNew
    },
    /** Structure of another dialect says nothing here, but for the start of a choice. */
    isWorthAChunk: (event: ChatEvent) => {
      if (chatNative(event) || event.type === 'finish') return true
      if (event.type === 'item') return event.dialect === 'openai-chat'
      if (event.type === 'tool-call') return event.arguments !== '' || event.id !== undefined
      return event.type === 'start' ? !started.has(event.choice) : isContent(event)
    },
  }
}
