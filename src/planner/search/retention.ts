// How much of a model's score is left in fewer bits, as far as anybody published it. Knows no accelerator.

import type { Precision } from '../../catalog/index.js'
import type { Estimate } from './report.js'

/** Share of the unquantized model's score, with the range of what was published. */
export interface Retention extends Estimate {
  /** Null = nothing was lost. */
  readonly source: string | null
  /** ISO date of the source, or of reading it where it has none. */
  readonly asOf: string | null
}

const lossless: Retention = { value: 1, low: 1, high: 1, source: null, asOf: null }

/**
 * MMLU-Pro of four models in four formats, each run twice; per model the mean of its runs over that in bf16:
 *   Gemma 4 31B       85.5  -> fp8 85.29 (0.998), int4 85.2 (0.997), NVFP4 84.5 (0.988)
 *   Qwen3.6 27B       85.0  -> fp8 83.86 (0.987), int4 82.6 (0.972), NVFP4 82.5 (0.971)
 *   Gemma 4 26B-A4B   82.8  -> fp8 82.57 (0.997), int4 81.3 (0.982), NVFP4 82.6 (0.998)
 *   Qwen3.6 35B-A3B   83.0  -> fp8 83.00 (1.000), int4 83.2 (1.003), NVFP4 83.2 (1.003)
 */
const fourFormats = 'github:sch0tten/nvfp4-benchmark@19c59bc reproducibility/test_retest.md (mmlu_pro)'

/** Billions of parameters below which four bits cost more: the published runs are of 8 B and of 26 B and more. */
const smallB = 15

/**
 * The retention of a precision.
 * @param options.parametersB all parameters; small models lose more
 * @param options.published whether the weights are published in this precision by who trained them: the published
 * score is then that of this build, and nothing is lost against it
 */
export const retentionOf = (
  precision: Precision,
  options: { readonly parametersB: number | null; readonly published: boolean },
): Retention => {
  if (options.published || precision === 'bf16') return lossless
  const small = (options.parametersB ?? 0) < smallB
  switch (precision) {
    case 'fp8':
      return { value: 0.995, low: 0.986, high: 1, source: fourFormats, asOf: '2026-06-09' }
    case 'int8':
      return {
        value: 0.98,
        low: 0.97,
        high: 0.99,
        source: 'arXiv:2411.02355v4 (abstract: 1-3 % lost, Llama 3.1 8B to 405B)',
        asOf: '2026-05-27',
      }
    case 'int4':
      // Llama 3.1 8B: MMLU-Pro 30.8 -> 28.8 (0.936), MMLU with reasoning 72.8 -> 71.1 (0.976).
      return small
        ? {
            value: 0.936,
            low: 0.93,
            high: 0.976,
            source: 'model card neuralmagic/Meta-Llama-3.1-8B-Instruct-quantized.w4a16',
            asOf: '2024-07-26',
          }
        : { value: 0.988, low: 0.972, high: 1, source: fourFormats, asOf: '2026-06-09' }
    case 'nvfp4':
      return { value: 0.99, low: 0.971, high: 1, source: fourFormats, asOf: '2026-06-09' }
    case 'mxfp4':
      // About a tenth below NVFP4 when it is made after training: 0.99 x 0.9.
      return {
        value: 0.89,
        low: 0.85,
        high: 0.99,
        source: 'arXiv:2603.08713 (abstract: gap of about 10 % to NVFP4, below 1 % with corrections)',
        asOf: '2026-03',
      }
    case 'q8_0':
      // MMLU of Llama 2 7B 47.05 -> 46.24 (0.983), 13B 56.70 -> 56.66 (0.999), Llama 3 8B 63.97 -> 63.84 (0.998).
      return {
        value: 0.998,
        low: 0.983,
        high: 1,
        source: 'github:cs-giung/transformerx examples/llama/README.md (MMLU)',
        asOf: '2026-11-26',
      }
    case 'q6_k':
    case 'q5_k_m':
      // Between the two below and above it, of which there are figures.
      return { ...ggufFour(small), value: 0.985, high: 1 }
    case 'q4_k_m':
    case 'q4_0':
    case 'iq4_xs':
      return ggufFour(small)
    case 'q3_k_m':
      // Nobody's figures are at hand: anything below four bits is assumed to lose between a little and a third.
      return { value: 0.9, low: 0.67, high: 0.97, source: 'assumed', asOf: '2026-11-26' }
  }
}

/** MMLU-Pro of Qwen3 4B 69.6 -> 66.5 (0.956, a mixture of the same width); 1 to 3 points of MMLU are usual. */
const ggufFour = (small: boolean): Retention => ({
  value: 0.97,
  low: small ? 0.94 : 0.956,
  high: 0.986,
  source:
    'huggingface.co/adriabama06/my-llm-tests (Qwen3-4B Q4_K_XL); awesomeagents.ai quantization leaderboard',
  asOf: '2026-04-19',
})

/** Share left when the KV cache is kept in fp8: 94 to 99 % over Llama, Qwen3 and mixtures of experts. */
export const fp8KvRetention: Retention = {
  value: 0.98,
  low: 0.94,
  high: 1,
  source: 'vLLM blog "The State of FP8 KV-Cache and Attention Quantization in vLLM"',
  asOf: '2026-04-22',
}

/** A score under retention; the ends of both ranges multiply. */
export const retained = (score: Estimate, retention: Estimate): Estimate => ({
  value: score.value * retention.value,
  low: score.low * retention.low,
  high: score.high * retention.high,
})
