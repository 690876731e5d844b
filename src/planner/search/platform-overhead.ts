// Time that the product's own stages are given before an engine is asked. Budgets, not measurements: `verify`
// measures them on the running system.

import type { Requirements } from '../../spec/index.js'

/** Gateway, guards and ledger of one request, ms. */
const gatewayMs = 3
/** Search in the knowledge base and the guard over what it found, ms. */
const retrievalMs = 25

export const platformOverheadMs = ({ useCase }: Requirements): number =>
  gatewayMs + (useCase.knowledge ? retrievalMs : 0)
