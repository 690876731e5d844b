// What a failed connection means: nobody there, broken off, or not HTTP.

import type { ArchitectError } from '../../core/index.js'
import { llmError } from '../messages.js'

export interface ConnectionPlace {
  readonly deployment: string
  readonly address: string
  /** Whether the answer's head had come. */
  readonly hasHead: boolean
}

export const connectionError = (cause: Error, place: ConnectionPlace): ArchitectError => {
  const { deployment, address, hasHead } = place
  const code = (cause as { code?: unknown }).code
  const reason = typeof code === 'string' ? code : cause.message
  if (cause.name === 'HTTPParserError' && !hasHead)
    return llmError('llm.upstream-unreadable', { deployment, reason: 'no HTTP/1.1' }, { cause })
  if (hasHead) return llmError('llm.upstream-broke-off', { deployment, reason }, { retryable: true, cause })
  return llmError(
    'llm.upstream-unreachable',
    { deployment, address, reason },
    { retryable: !reason.startsWith('UND_ERR_INVALID'), cause },
  )
}
