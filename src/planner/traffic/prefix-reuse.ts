// What prompts share with earlier ones: block hashes against an infinite cache, cached tokens that were reported,
// and prompts that came before word for word.

import type { MeasuredShare } from './traffic.js'
import type { Arrival } from './traffic-row.js'

/** Prompts from earlier requests are seen in the order of the rows. */
export const createPrefixReuse = (blockTokens: number | undefined) => {
  const seenBlocks = new Set<number | string>()
  const seenPrompts = new Set<string>()
  let blocks = 0
  let hits = 0
  let common: readonly (number | string)[] | undefined
  let shortestTokens = Number.POSITIVE_INFINITY
  let withBlocks = 0
  let prompts = 0
  let cached = 0
  let cacheable = 0

  const addBlocks = (ids: readonly (number | string)[], inputTokens: number | null) => {
    const firstNew = ids.findIndex((id) => !seenBlocks.has(id))
    hits += firstNew < 0 ? ids.length : firstNew
    blocks += ids.length
    for (const id of ids) seenBlocks.add(id)
    const unequal = common?.findIndex((id, i) => id !== ids[i])
    if (common === undefined) common = ids
    else if (unequal !== undefined && unequal >= 0) common = common.slice(0, unequal)
    shortestTokens = Math.min(shortestTokens, inputTokens ?? Number.POSITIVE_INFINITY)
    withBlocks++
  }

  return {
    add: ({ blocks: ids, inputTokens, cachedTokens, sameAs }: Arrival): void => {
      if (ids) addBlocks(ids, inputTokens)
      if (sameAs !== null) {
        prompts++
        seenPrompts.add(sameAs)
      }
      if (cachedTokens !== null && inputTokens !== null) {
        cached += Math.min(cachedTokens, inputTokens)
        cacheable += inputTokens
      }
    },
    /** Of blocks: leading blocks seen in an earlier request over all blocks. Of tokens: cached over all of them. */
    hits: (): MeasuredShare | null => {
      if (blocks > 0) return { share: hits / blocks, basis: 'blocks', of: blocks }
      return cacheable > 0 ? { share: cached / cacheable, basis: 'tokens', of: cacheable } : null
    },
    /** The blocks that every request begins with, in tokens; known from block hashes alone. */
    sharedTokens: (): number | null =>
      withBlocks > 1 && blockTokens !== undefined
        ? Math.min((common?.length ?? 0) * blockTokens, shortestTokens)
        : null,
    repeated: (): MeasuredShare | null =>
      prompts > 0
        ? {
            share: (prompts - seenPrompts.size) / prompts,
            basis: blocks > 0 ? 'blocks' : 'prompts',
            of: prompts,
          }
        : null,
  }
}
