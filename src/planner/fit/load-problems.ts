// Loads that no request of the deployment can have. Knows no speed.

import { fitMessage } from './fit-messages.js'
import type { FitRequest } from './fit-request.js'
import type { Start } from './fit-start.js'
import type { Problem } from './layout-problems.js'

/** No speed is told of what is never served. */
export const loadProblems = ({ load }: FitRequest, { maxModelLen }: Start): readonly Problem[] => {
  if (!load) return []
  const { inputTokens, outputTokens, prefixTokens } = load
  const asked = inputTokens + outputTokens
  return [
    ...(asked > maxModelLen
      ? [
          {
            limit: 'max-model-len' as const,
            warning: fitMessage('fit.load-beyond-context', { load: asked, length: maxModelLen }),
          },
        ]
      : []),
    ...(prefixTokens > inputTokens
      ? [
          {
            limit: 'max-model-len' as const,
            warning: fitMessage('fit.prefix-beyond-input', { prefix: prefixTokens, input: inputTokens }),
          },
        ]
      : []),
  ]
}
