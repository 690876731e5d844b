// Errors as engines raise them.

import { type ArchitectError, errorFactory } from '../../core/index.js'
import { llmMessages } from '../../llm/index.js'

const create = errorFactory(llmMessages)
const deployment = 'main'

export const llmError = (code: 'llm.upstream-unreachable' | 'llm.upstream-broke-off'): ArchitectError =>
  code === 'llm.upstream-unreachable'
    ? create(
        code,
        { deployment, address: 'http://10.0.0.1:8000', reason: 'ECONNREFUSED' },
        { retryable: true },
      )
    : create(code, { deployment, reason: 'ECONNRESET' }, { retryable: true })
