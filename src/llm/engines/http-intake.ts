// Sorts what arrives from a server: events of a stream, a whole JSON answer, or the body of an error. Knows no
// protocol and no socket.

import type { IncomingHttpHeaders } from 'node:http'
import { type Clock, toArchitectError } from '../../core/index.js'
import { llmError } from '../messages.js'
import type { ChatAnswer } from './chat-answer.js'
import { createFrameCutter } from './frame-cutter.js'
import { responseHeaders } from './response-head.js'
import { statusError } from './upstream-status.js'

export interface IntakeOptions {
  readonly answer: ChatAnswer
  readonly isStream: boolean
  readonly deployment: string
  readonly secrets: readonly string[]
  readonly clock: Clock
}

const maxAnswerBytes = 64 * 1024 * 1024
const maxEventBytes = 8 * 1024 * 1024
const maxErrorBytes = 64 * 1024

export const createIntake = ({ answer, isStream, deployment, secrets, clock }: IntakeOptions) => {
  const cutter = createFrameCutter(maxEventBytes)
  const body: Buffer[] = []
  let bodyBytes = 0
  let mode: 'events' | 'body' | 'error' = 'body'
  let status = 0
  let headers: IncomingHttpHeaders = {}

  const collect = (bytes: Buffer, limitBytes: number): boolean => {
    body.push(bytes)
    bodyBytes += bytes.length
    return bodyBytes <= limitBytes
  }
  const failStatus = () =>
    answer.fail(
      statusError({
        deployment,
        status,
        headers,
        body: Buffer.concat(body),
        secrets,
        wallMs: clock.wallMs(),
      }),
    )
  const guarded = (work: () => void) => {
    try {
      work()
    } catch (cause) {
      answer.fail(toArchitectError(cause))
    }
  }

  return {
    onHead: (code: number, received: IncomingHttpHeaders) => {
      status = code
      headers = received
      const isJson = /\bjson\b/i.test(received['content-type'] ?? '')
      if (!isSuccess(code)) mode = 'error'
      else if (isStream && !isJson) mode = 'events'
      answer.setHead({ status: code, headers: responseHeaders(received) })
      if (isSuccess(code) && /\bhtml\b/i.test(received['content-type'] ?? ''))
        answer.fail(llmError('llm.upstream-unreadable', { deployment, reason: 'a web page' }))
    },
    onBytes: (bytes: Buffer) => {
      if (mode === 'events')
        guarded(() => {
          const events = cutter.push(bytes)
          if (events) answer.addEvents(events)
        })
      else if (mode === 'error') {
        if (!collect(bytes, maxErrorBytes)) failStatus()
      } else if (!collect(bytes, maxAnswerBytes))
        answer.fail(llmError('llm.upstream-unreadable', { deployment, reason: 'more than 64 MiB' }))
    },
    onEnd: () =>
      guarded(() => {
        if (mode === 'error') failStatus()
        else if (mode === 'body') answer.addBody(Buffer.concat(body))
        else {
          addRest(answer, cutter.rest(), deployment)
          answer.end()
        }
      }),
  }
}

const isSuccess = (status: number) => status >= 200 && status < 300

/** What a stream leaves after its last event: some servers omit the last blank line, others were cut off. */
const addRest = (answer: ChatAnswer, rest: Buffer, deployment: string) => {
  if (rest.toString('latin1').trim() === '') return
  const whole = Buffer.concat([rest, blankLine])
  if (!answer.isCut(whole)) answer.addEvents(whole)
  else
    answer.fail(
      llmError('llm.upstream-broke-off', { deployment, reason: 'inside an event' }, { retryable: true }),
    )
}

const blankLine = Buffer.from('\n\n', 'latin1')
