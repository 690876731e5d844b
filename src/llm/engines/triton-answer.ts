// Reads the answers of Triton's generate extension: one JSON response, or one per server-sent event. Knows neither
// socket nor prompt.

import type { ArchitectError, Usage } from '../../core/index.js'
import { isContent } from '../content.js'
import type { ChatEvent } from '../contract.js'
import { estimateTokens } from '../estimate-tokens.js'
import { frameOf } from '../frame.js'
import { llmError } from '../messages.js'
import { fieldsIn } from '../wire/fields.js'
import { createSseParser } from '../wire/sse-parser.js'
import { failureInside } from '../wire/upstream-failure.js'
import type { AnswerOptions, ChatAnswer } from './chat-answer.js'
import { createChatDelivery } from './chat-delivery.js'
import { createFinishTracker } from './finish-tracker.js'
import { type GenerateOutput, readOutput, type TritonDialect } from './triton-dialect.js'

export interface TritonAnswerOptions extends AnswerOptions {
  readonly dialect: Pick<TritonDialect, 'endIsFinish'>
  /** The id the answer goes by. */
  readonly id: string
  readonly maxOutputTokens: number | undefined
}

export const createTritonAnswer = (options: TritonAnswerOptions): ChatAnswer => {
  const { answeredBy, result, secrets, dialect } = options
  const { deployment } = answeredBy
  const finishes = createFinishTracker(result, 1)
  const delivery = createChatDelivery({ ...options, areAllFinished: finishes.areAllFinished })
  const counted = createCount()
  let hasStarted = false

  const eventsOf = ({ text, finish }: GenerateOutput): ChatEvent[] => {
    const events: ChatEvent[] = [
      // As in every answer that no chat server wrote, the route's name stands for the model's.
      ...(hasStarted ? [] : [{ type: 'start', choice: 0, id: options.id } as const]),
      ...(text === '' ? [] : [{ type: 'text', choice: 0, text } as const]),
      ...(finish === undefined ? [] : [{ type: 'finish', choice: 0, reason: finish } as const]),
    ]
    hasStarted = true
    return events
  }

  /** @returns what it says, with its finish and its counts noted */
  const observe = (output: GenerateOutput): ChatEvent[] => {
    counted.add(output)
    result.addOutputTokens(estimateTokens(output.text))
    const events = eventsOf(output)
    for (const event of events) if (event.type === 'finish') finishes.observe(event)
    return events
  }

  /** A finish that the server has no word for: it said as much as it was asked for, or it stopped. */
  const unsaidFinish = (): ChatEvent[] => {
    if (finishes.areAllFinished()) return []
    const { maxOutputTokens } = options
    const isFull = maxOutputTokens !== undefined && (counted.usage()?.output.total ?? 0) >= maxOutputTokens
    return observe({ ...nothing, finish: isFull ? 'length' : 'stop' })
  }

  const usageEvents = (): ChatEvent[] => {
    const usage = counted.usage()
    if (!usage) return []
    result.setUsage(usage)
    return [{ type: 'usage', choice: 0, usage }]
  }

  const deliver = (events: readonly ChatEvent[], bytes: number) => {
    if (events.length === 0) return
    if (events.some(isContent)) delivery.commit()
    delivery.deliver(frameOf(events), bytes)
  }

  const read = (data: string): GenerateOutput | ArchitectError => readResponse(data, { deployment, secrets })

  return {
    setHead: delivery.setHead,
    addEvents: (bytes) => {
      for (const { data } of createSseParser().push(bytes)) {
        if (result.isSettled()) return
        const output = read(data)
        if (output instanceof Error) delivery.fail(output)
        else deliver(observe(output), data.length)
      }
    },
    addBody: (bytes) => {
      if (result.isSettled()) return
      const output = read(bytes.toString('utf8'))
      if (output instanceof Error) return delivery.fail(output)
      deliver([...observe(output), ...unsaidFinish(), ...usageEvents()], 0)
      delivery.complete()
    },
    isCut: (bytes) =>
      createSseParser()
        .push(bytes)
        .some(({ data }) => fieldsIn(data) === undefined),
    end: () => {
      if (result.isSettled()) return
      if (dialect.endIsFinish && hasStarted) deliver(unsaidFinish(), 0)
      if (finishes.areAllFinished()) deliver(usageEvents(), 0)
      delivery.complete()
    },
    fail: delivery.fail,
  }
}

const nothing: GenerateOutput = {
  text: '',
  finish: undefined,
  inputTokens: undefined,
  outputTokens: undefined,
}

/** The server tells the tokens of each response; what it never tells is not made up here. */
const createCount = () => {
  let input: number | undefined
  let output: number | undefined
  return {
    add: ({ inputTokens, outputTokens }: GenerateOutput) => {
      input = inputTokens ?? input
      if (outputTokens !== undefined) output = (output ?? 0) + outputTokens
    },
    usage: (): Usage | undefined =>
      input === undefined || output === undefined
        ? undefined
        : {
            input: { total: input, cacheRead: 0, cacheWrite: 0 },
            output: { total: output, reasoning: 0 },
          },
  }
}

const readResponse = (
  data: string,
  { deployment, secrets }: { readonly deployment: string; readonly secrets: readonly string[] },
): GenerateOutput | ArchitectError => {
  const fields = fieldsIn(data)
  if (fields?.error !== undefined) return failureInside(fields, { deployment, secrets })
  const output = fields && readOutput(fields)
  return output ?? llmError('llm.upstream-unreadable', { deployment, reason: 'no text_output in a response' })
}
