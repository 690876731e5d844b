// Checks an answer's citations when it is complete: each must point into a passage that this very request was
// given, and the passage must hold the words it is cited for. What does not hold is left out, and logged.

import type { Log } from '../../core/index.js'
import {
  type ChatEvent,
  type ChatRequest,
  editFrame,
  type FrameEditor,
  frameOf,
  mapFrames,
  type PassageReference,
} from '../../llm/index.js'
import { holdsWords } from '../../rag/index.js'
import { type Stage, withOpen } from '../call.js'

type CitationEvent = Extract<ChatEvent, { readonly type: 'citation' }>

export const withCitations =
  (log: Log): Stage =>
  (inner) =>
    withOpen(inner, async (request, call) => {
      const editor = createCitationEditor(passagesOf(request), (dropped) =>
        log.warn({ requestId: call.requestId, dropped }, 'citations that do not hold were left out'),
      )
      return mapFrames(await inner.open(request, call), editor)
    })

interface GivenPassage {
  readonly reference: PassageReference
  readonly text: string
}

const passagesOf = (request: ChatRequest): ReadonlyMap<string, GivenPassage> =>
  new Map(
    request.messages.flatMap(({ parts }) =>
      parts.flatMap((part) =>
        part.type === 'text' && part.passage
          ? [[part.passage.id, { reference: part.passage, text: part.text }] as const]
          : [],
      ),
    ),
  )

const createCitationEditor = (
  passages: ReadonlyMap<string, GivenPassage>,
  onDropped: (count: number) => void,
): FrameEditor => {
  const texts = new Map<number, string>()
  let held: CitationEvent[] = []
  const release = (choice?: number): readonly CitationEvent[] => {
    const due = held.filter((event) => choice === undefined || event.choice === choice)
    held = held.filter((event) => !due.includes(event))
    const valid = due.filter((event) => isValid(event, texts.get(event.choice) ?? '', passages))
    if (valid.length < due.length) onDropped(due.length - valid.length)
    return valid
  }
  const take = (event: ChatEvent): readonly ChatEvent[] => {
    if (event.type === 'text') texts.set(event.choice, (texts.get(event.choice) ?? '') + event.text)
    if (event.type === 'citation') held.push(event)
    if (event.type === 'citation') return []
    return event.type === 'finish' ? [...release(event.choice), event] : [event]
  }
  return {
    edit: (frame) => {
      const before = frame.events()
      const after = before.flatMap(take)
      const isSame = after.length === before.length && after.every((event, i) => event === before[i])
      if (isSame) return frame
      return after.length === 0 ? undefined : editFrame(frame, after)
    },
    flush: () => {
      const rest = release()
      return rest.length === 0 ? undefined : frameOf(rest)
    },
  }
}

const isValid = (
  { passage, start, end }: CitationEvent,
  answer: string,
  passages: ReadonlyMap<string, GivenPassage>,
): boolean => {
  const given = passages.get(passage.id)
  if (!given || !(start >= 0 && end > start && end <= answer.length)) return false
  const { reference, text } = given
  const isInside =
    passage.path === reference.path && passage.start >= reference.start && passage.end <= reference.end
  const cited = text.slice(passage.start - reference.start, passage.end - reference.start)
  return isInside && holdsWords(cited, answer.slice(start, end))
}
