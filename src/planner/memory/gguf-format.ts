// Bytes of weights in llama.cpp's mixtures, tensor by tensor. Knows no accelerator.

import type { GgufPrecision, Model, Weight } from '../../catalog/index.js'

/** Bits per weight with scales (ggml block layouts: Q4_K 144 bytes and Q6_K 210 bytes for 256 weights, and so on). */
const bits = { q3: 3.4375, q4: 4.5, q5: 5.5, q6: 6.5625, q8: 8.5, iq4: 4.25 } as const

/** Shares of the layers in which a mixture gives a tensor more bits; `share` x `more` + the rest x `base`. */
interface Mixture {
  readonly base: number
  readonly values: number
  readonly down: number
  readonly attentionOutput: number
  /** Head, or embeddings when they are tied. */
  readonly output: number
}

const even = (base: number, output: number): Mixture => ({
  base,
  values: base,
  down: base,
  attentionOutput: base,
  output,
})

const mix = (share: number, more: number, base: number) => share * more + (1 - share) * base

/** First and last eighth of the layers, and every third between (`use_more_bits`). */
const shareOfMoreBits = (layers: number): number => {
  const eighth = Math.floor(layers / 8)
  const last = Math.floor((7 * layers) / 8)
  const has = (i: number) => i < eighth || i >= last || (i - eighth) % 3 === 2
  return Array.from({ length: layers }, (_, i) => i).filter(has).length / layers
}

/** Rules of `llama-quantize` without an importance matrix (llama.cpp `llama-quant.cpp`, 2025). */
const mixtureOf = (precision: GgufPrecision, layers: number): Mixture => {
  const more = shareOfMoreBits(layers)
  switch (precision) {
    case 'q8_0':
      return even(bits.q8, bits.q8)
    case 'q6_k':
      return even(bits.q6, bits.q6)
    case 'q5_k_m':
      return {
        ...even(bits.q5, bits.q6),
        values: mix(more, bits.q6, bits.q5),
        down: mix(more, bits.q6, bits.q5),
      }
    case 'q4_k_m':
      return {
        ...even(bits.q4, bits.q6),
        values: mix(more, bits.q6, bits.q4),
        down: mix(more, bits.q6, bits.q4),
      }
    case 'q4_0':
      return even(bits.q4, bits.q6)
    case 'iq4_xs':
      return { ...even(bits.iq4, bits.q6), values: bits.q5, down: mix(1 / 8, bits.q5, bits.iq4) }
    case 'q3_k_m':
      return {
        base: bits.q3,
        values: mix(2 / layers, bits.q5, bits.q4),
        down: mix(1 / 16, bits.q5, bits.q4),
        attentionOutput: bits.q4,
        output: bits.q6,
      }
  }
}

/** Bytes of each weight in a GGUF file; norms, biases and routers are kept in 32 bits, vision towers in 16. */
export const ggufBytes = (model: Model, precision: GgufPrecision): ((weight: Weight) => number) => {
  const mixture = mixtureOf(precision, model.layers)
  return (weight) => (weight.parameters * bitsOf(weight, mixture, model.tiedEmbeddings)) / 8
}

const bitsOf = ({ kind, component, module }: Weight, mixture: Mixture, tied: boolean): number => {
  if (component === 'vision') return 16
  if (kind === 'vector' || component === 'router') return 32
  if (component === 'head') return mixture.output
  if (kind === 'table') return tied ? mixture.output : mixture.base
  if (module.endsWith('v_proj')) return mixture.values
  if (module.endsWith('down_proj')) return mixture.down
  return module.endsWith('o_proj') ? mixture.attentionOutput : mixture.base
}
