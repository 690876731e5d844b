// Time that the product's own stages are given before an engine is asked. Budgets, not measurements: `verify`
// measures them on the running system.

import type { Requirements } from '../../spec/index.js'
import type { Stage } from './stages.js'

/** Gateway, guards and ledger of one request, ms. */
const gatewayMs = 3
/** Search in the knowledge base and the guard over what it found, ms. */
const retrievalMs = 25

/** One after the other: a question is guarded and embedded, passages are found and scored, then the engine is asked. */
export const platformOverheadMs = ({ useCase }: Requirements, stages: readonly Stage[]): number =>
  gatewayMs +
  (useCase.knowledge ? retrievalMs : 0) +
  stages.reduce((sum, { msPerRequest }) => sum + msPerRequest, 0)
