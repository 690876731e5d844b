// The lines of OpenAI's output and error files.

import type { Batch, LineResult } from './records.js'

/** What is said of a request that was never answered. */
const reasons = {
  expired: {
    code: 'batch_expired',
    message: 'This request could not be executed before the completion window expired.',
  },
  cancelled: { code: 'batch_cancelled', message: 'This request was not executed: the batch was cancelled.' },
  failed: {
    code: 'request_abandoned',
    message: 'The process that worked on this request ended several times before there was an answer.',
  },
} as const

export async function* resultLines(
  { id }: Pick<Batch, 'id'>,
  results: AsyncIterable<LineResult>,
): AsyncGenerator<Uint8Array> {
  for await (const result of results) yield Buffer.from(`${resultLine(id, result)}\n`)
}

const resultLine = (batchId: string, { number, customId, outcome, answer }: LineResult): string => {
  const id = JSON.stringify(`${batchId.replace('_', '_req_')}_${number}`)
  const start = `{"id":${id},"custom_id":${JSON.stringify(customId)}`
  if (!answer) {
    const error = outcome === 'succeeded' ? null : reasons[outcome]
    return `${start},"response":null,"error":${JSON.stringify(error)}}`
  }
  const { status, requestId, body } = answer
  const response = `{"status_code":${status},"request_id":${JSON.stringify(requestId)},"body":${body}}`
  return `${start},"response":${response},"error":null}`
}
