// Checks what a model writes while it writes it. Text goes on as soon as it cannot become part of a finding; tool
// arguments are checked whole. A blocked answer ends where it is, with the finish reason `content_filter`.

import {
  type ChatEvent,
  type ChatModel,
  type ChatStream,
  commitStream,
  type Ending,
  editFrame,
  type Frame,
  type FrameEditor,
  frameOf,
  gistOf,
  isContent,
  mapFrames,
  readyOf,
} from '../../llm/index.js'
import type { Metrics } from '../../telemetry/index.js'
import { type Stage, withOpen } from '../call.js'
import { type CheckText, guardJson } from '../guard-json.js'
import type { GuardPort } from '../ports.js'
import { createFrameDelay, type DelayEnd, type FrameDelay } from './delay-frames.js'
import { createOutputChannels, type OutputChannels } from './output-channels.js'
import { isCleanAnswer } from './whole-answer.js'

export interface OutputGuardDeps {
  readonly guard: GuardPort
  readonly policy: string
  readonly metrics: Metrics
}

export const withOutputGuard =
  (deps: OutputGuardDeps): Stage =>
  (inner: ChatModel) =>
    withOpen(inner, async (request, call) => {
      const stream = await inner.open(request, call)
      if (!isCleanAlready(stream, deps)) return commitStream(mapFrames(stream, createOutputEditor(deps)))
      countVerdict(deps, 'allow')
      return stream
    })

/** Most answers in one piece need nothing of what an editor holds. */
const isCleanAlready = (stream: ChatStream, deps: OutputGuardDeps): boolean => {
  const [frame, ...others] = readyOf(stream)?.frames ?? []
  return frame !== undefined && others.length === 0 && isCleanAnswer(gistOf(frame), checkOutput(deps))
}

const countVerdict = ({ metrics, policy }: OutputGuardDeps, action: 'allow' | 'redact' | 'block') =>
  metrics.guardVerdict({ policy, stage: 'output', action })

const createOutputEditor = (deps: OutputGuardDeps): FrameEditor => {
  const channels = createOutputChannels(deps.guard, deps.policy)
  let isEdited = false
  let hasSpoken = false
  let hasHeld = false
  /** Until something has to be edited. */
  let delay: FrameDelay | undefined = createFrameDelay(() =>
    deps.guard.createStreamGuard({ policy: deps.policy }),
  )
  const guardFrame = (frame: Frame) => {
    const before = frame.events()
    const after = before.flatMap((event) => guardEvent(channels, event, hasSpoken))
    const isSame = after.length === before.length && after.every((event, i) => event === before[i])
    return isSame ? before : after
  }
  const said = (frame: Frame, events: readonly ChatEvent[]) => {
    hasSpoken ||= events.some(isContent)
    if (channels.isBlocked()) {
      countVerdict(deps, 'block')
      return blockedEnding(frame, events, channels)
    }
    isEdited ||= events !== frame.events()
    return events.length === 0 ? undefined : editFrame(frame, events)
  }
  /** What is said when delaying is over, by the frame that ended it. */
  const goOn = (frame: Frame, end: DelayEnd) => {
    delay = undefined
    hasSpoken ||= end.said.some(isContent)
    if (end.text) channels.adopt(end.text)
    const own = end.isSeen ? [] : guardFrame(frame)
    const last = said(frame, end.said.length === 0 ? own : [...end.said, ...own])
    if (end.before.length === 0 || (last && 'last' in last)) return last
    return { released: last ? [...end.before, last] : end.before }
  }
  return {
    edit: (frame) => {
      if (!hasHeld && isCleanAnswer(gistOf(frame), checkOutput(deps))) return frame
      hasHeld = true
      const delayed = delay?.push(frame)
      if (!delayed) return said(frame, guardFrame(frame))
      if ('said' in delayed) return goOn(frame, delayed)
      hasSpoken ||= delayed.some((one) => gistOf(one).some(isContent))
      return { released: delayed }
    },
    flush: () => {
      const end = delay?.end()
      if (end?.text) channels.adopt(end.text)
      const rest = [...(end?.said ?? []), ...channels.release()]
      countVerdict(deps, isEdited || rest.length > 0 ? 'redact' : 'allow')
      return rest.length === 0 ? undefined : frameOf(rest)
    },
  }
}

const guardEvent = (channels: OutputChannels, event: ChatEvent, hasSpoken: boolean): readonly ChatEvent[] => {
  switch (event.type) {
    case 'text':
    case 'refusal':
    case 'reasoning':
      return channels.pushText(event)
    case 'tool-call':
    case 'citation':
      channels.hold(event)
      return []
    case 'item': {
      const value = guardJson(event.value, channels.checkWhole)
      return [value === event.value ? event : { ...event, value }]
    }
    case 'finish':
      return [...channels.release(event.choice), event]
    case 'error':
      // While nothing was said, failing cleanly is worth more than the few characters held back.
      return hasSpoken ? [...channels.release(), event] : [event]
    default:
      return [event]
  }
}

const checkOutput =
  ({ guard, policy }: OutputGuardDeps): CheckText =>
  (text) =>
    guard.check({ policy, stage: 'output', source: 'tool', text })

const spoken: ReadonlySet<ChatEvent['type']> = new Set(['start', 'text', 'refusal', 'reasoning'])

/** What was released before the finding, then the end of every choice that is still open. */
const blockedEnding = (frame: Frame, released: readonly ChatEvent[], channels: OutputChannels): Ending => {
  const finished = new Map<number, string>()
  for (const event of released) if (event.type === 'finish') finished.set(event.choice, event.reason)
  for (const choice of channels.openChoices()) finished.set(choice, 'content_filter')
  if (finished.size === 0) finished.set(0, 'content_filter')
  const said = released.filter(({ type }) => spoken.has(type))
  const ends = [...finished.keys()].map((choice) => ({
    type: 'finish' as const,
    choice,
    reason: 'content_filter',
  }))
  return {
    last: editFrame(frame, [...said, ...ends]),
    outcome: { end: 'blocked', finish: new Map([...finished.keys()].map((c) => [c, 'content_filter'])) },
  }
}
