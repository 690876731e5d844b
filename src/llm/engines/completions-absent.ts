// What a server means that answers a raw text by "not found" or the like: many serve chats only. Told apart from a
// model that it does not know.

import type { ArchitectError } from '../../core/index.js'
import { llmError } from '../messages.js'

/** Of a path that is not there, of a method that it does not take, and of what is not built. */
const absent: ReadonlySet<unknown> = new Set([404, 405, 501])

/** The error that names the missing endpoint, where that is what went wrong; any other as it is. */
export const completionsAbsent = (error: ArchitectError): ArchitectError => {
  const { deployment, status } = error.params
  if (error.code !== 'llm.upstream-status' || !absent.has(status) || isModelMissing(error)) return error
  return llmError('llm.completions-absent', { deployment, status }, { cause: error })
}

/** "This is a chat model and not supported in the v1/completions endpoint" is OpenAI's word for the endpoint. */
const isModelMissing = ({ params: { detail, upstreamCode } }: ArchitectError): boolean =>
  upstreamCode === 'model_not_found'
    ? !/completions/i.test(detail)
    : /\bmodel\b.*(not exist|not found|unknown)/i.test(detail)
