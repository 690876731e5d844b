// What stands in the way of a start, by when an engine finds out. Knows no memory.

import type { FitLimit } from './fit-request.js'

const refusals: ReadonlySet<FitLimit> = new Set<FitLimit>(['layout', 'precision', 'accelerator', 'release'])

/** Refused whatever the length and the memory: such an engine never has a cache. */
export const isRefusal = (limit: FitLimit): boolean => refusals.has(limit)
