// What NVIDIA calls the compute capability of a card, by which engines decide what they can run on it. Knows no engine.

/**
 * By the catalogue's name, or that of `knownCards`; first match wins. Source: NVIDIA's list of CUDA GPUs
 * (developer.nvidia.com/cuda-gpus), read 2026-11.
 */
const generations: readonly (readonly [RegExp, number])[] = [
  [/^p100/, 6],
  [/^(p40|gtx_10)/, 6.1],
  [/^v100/, 7],
  [/^(t4|rtx_20|titan_rtx)/, 7.5],
  [/^(a100|a800|a30)/, 8],
  [/^(a2|a10|a10g|a16|a40|rtx_30.*|rtx_a\d+)$/, 8.6],
  [/^jetson_agx_orin|^jetson_orin/, 8.7],
  [/^(l4|l20|l40|l40s|rtx_40\d\d.*|rtx_\d+_ada)$/, 8.9],
  [/^(h100|h200|h800|h20|gh200)/, 9],
  [/^(b100|b200|gb200)/, 10],
  [/^(b300|gb300)/, 10.3],
  [/^jetson_thor/, 11],
  [/^(rtx_50|rtx_pro_)/, 12],
  [/^gb10$/, 12.1],
]

/** @returns null for cards of others, and for those of NVIDIA that are not known */
export const computeCapability = (cardName: string): number | null =>
  generations.find(([pattern]) => pattern.test(cardName))?.[1] ?? null
