// Citations of an answer made from documents. On the way in, every passage gets a number to be cited by; on the way
// out, citations are checked when the answer is complete: each must point into a passage that this very request
// was given, and a quotation must stand in it word for word. What does not hold is left out, and logged.

import type { Log } from '../../core/index.js'
import {
  type ChatEvent,
  type ChatRequest,
  editFrame,
  editRequest,
  type FrameEditor,
  frameOf,
  mapFrames,
  type Part,
  type PassageReference,
} from '../../llm/index.js'
import { holdsWords } from '../../rag/index.js'
import { type Stage, withOpen } from '../call.js'
import { citationsOfMarks, markOf } from '../citation-marks.js'

type CitationEvent = Extract<ChatEvent, { readonly type: 'citation' }>

export const withCitations =
  (log: Log): Stage =>
  (inner) =>
    withOpen(inner, async (request, call) => {
      const given = passagesOf(request)
      if (given.length === 0) return inner.open(request, call)
      const onDropped = (dropped: number) =>
        log.warn({ requestId: call.requestId, dropped }, 'citations that do not hold were left out')
      return mapFrames(await inner.open(numbered(request), call), createCitationEditor(given, onDropped))
    })

interface GivenPassage {
  readonly reference: PassageReference
  readonly text: string
}

const passagesOf = (request: ChatRequest): readonly GivenPassage[] =>
  request.messages.flatMap(({ parts }) =>
    parts.flatMap((part) =>
      part.type === 'text' && part.passage ? [{ reference: part.passage, text: part.text }] : [],
    ),
  )

/** The request with each passage's number and title before it. */
const numbered = (request: ChatRequest): ChatRequest => {
  let count = 0
  const labelled = (part: Part): Part[] => {
    if (part.type !== 'text' || !part.passage) return [part]
    const text = `${markOf(count++)} ${part.passage.title}`.trimEnd()
    return [{ type: 'text', text, source: 'retrieved' }, part]
  }
  return editRequest(request, {
    messages: request.messages.map((message) => ({ ...message, parts: message.parts.flatMap(labelled) })),
  })
}

const createCitationEditor = (
  given: readonly GivenPassage[],
  onDropped: (count: number) => void,
): FrameEditor => {
  const references = given.map(({ reference }) => reference)
  const texts = new Map<number, string>()
  const quotations = new Map<number, CitationEvent[]>()

  const release = (choice: number): readonly CitationEvent[] => {
    const answer = texts.get(choice) ?? ''
    const quoted = quotations.get(choice)
    texts.delete(choice)
    quotations.delete(choice)
    if (!quoted)
      return citationsOfMarks(answer, references).map((mark) => ({ type: 'citation', choice, ...mark }))
    const valid = quoted.filter((event) => isQuotation(event, answer, given))
    if (valid.length < quoted.length) onDropped(quoted.length - valid.length)
    return valid
  }
  const take = (event: ChatEvent): readonly ChatEvent[] => {
    const { choice } = event
    if (event.type === 'text') texts.set(choice, (texts.get(choice) ?? '') + event.text)
    if (event.type === 'finish') return [...release(choice), event]
    if (event.type !== 'citation') return [event]
    quotations.set(choice, [...(quotations.get(choice) ?? []), event])
    return []
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
      const rest = [...quotations.keys()].flatMap(release)
      return rest.length === 0 ? undefined : frameOf(rest)
    },
  }
}

/** Whether an engine's own citation holds: engines that give places quote, others leave marks. */
const isQuotation = (
  { passage, start, end }: CitationEvent,
  answer: string,
  given: readonly GivenPassage[],
): boolean => {
  const source = given.find(({ reference }) => reference.id === passage.id)
  if (!source || !(start >= 0 && end > start && end <= answer.length)) return false
  const { reference, text } = source
  const isInside =
    passage.path === reference.path && passage.start >= reference.start && passage.end <= reference.end
  const cited = text.slice(passage.start - reference.start, passage.end - reference.start)
  return isInside && holdsWords(cited, answer.slice(start, end))
}
