// How one replica is spread over accelerators, and which layers a pipeline stage holds. Knows no bytes.

/**
 * One replica. `tensorParallel` is the width of an attention group. `dataParallel` such groups share one set of
 * experts (data-parallel attention); each keeps the other weights and a KV cache of its own. `expertParallel`
 * spreads experts whole over all of them, else each expert is cut. `decodeContextParallel` cuts the KV cache of a
 * group by tokens (vLLM's DCP), at most `tensorParallel` ways.
 */
export interface Sharding {
  readonly tensorParallel: number
  readonly pipelineParallel: number
  readonly dataParallel?: number
  readonly expertParallel?: boolean
  readonly decodeContextParallel?: number
}

/** Accelerators of one stage, over which experts are spread. */
export const expertWidth = ({ tensorParallel, dataParallel = 1 }: Sharding): number =>
  tensorParallel * dataParallel

/**
 * Number of layers of each stage: equal shares, and what is left over one each to the last stages but the very
 * last, which also has the head (vLLM `get_pp_indices`, v0.11).
 */
export const layersOfStages = (layers: number, stages: number): readonly number[] => {
  const sizes = Array.from({ length: stages }, () => Math.floor(layers / stages))
  const left = layers % stages
  return sizes.map((size, stage) => (stage < stages - 1 && stage >= stages - 1 - left ? size + 1 : size))
}

/** The layers of each stage, those that are alike (one object) together with how many they are. */
export const stagesOf = <T>(layers: readonly T[], stages: number): readonly ReadonlyMap<T, number>[] => {
  let start = 0
  return layersOfStages(layers.length, stages).map((size) => {
    start += size
    return counted(layers.slice(start - size, start))
  })
}

const counted = <T>(items: readonly T[]): ReadonlyMap<T, number> => {
  const counts = new Map<T, number>()
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1)
  return counts
}
