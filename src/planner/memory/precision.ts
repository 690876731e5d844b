// What a precision costs in bytes and needs in hardware. Knows no model and no engine.

import type { Accelerator, GgufPrecision, Precision } from '../../catalog/index.js'

/**
 * Bits per quantized weight with its scales. int4: a 16-bit scale and a 4-bit zero per 128 (AWQ); NVFP4: an 8-bit
 * scale per 16; MXFP4: an 8-bit scale per 32 (OCP MX 1.0); q8_0: a 16-bit scale per 32; q4_k_m: llama.cpp's
 * mixture, 4.85 bits over a whole Llama.
 */
const bitsPerWeight: Readonly<Record<Precision, number>> = {
  bf16: 16,
  fp8: 8,
  int8: 8,
  int4: 4.16,
  nvfp4: 4.5,
  mxfp4: 4.25,
  q8_0: 8.5,
  q6_k: 6.5625,
  q5_k_m: 5.69,
  q4_k_m: 4.85,
  iq4_xs: 4.46,
  q4_0: 4.66,
  q3_k_m: 3.91,
}

/** Whether it is a format of llama.cpp, in which embeddings and head are quantized too. */
export const isGguf = (precision: Precision): precision is GgufPrecision => precision.includes('q')

export const bytesPerWeight = (precision: Precision): number => bitsPerWeight[precision] / 8

/** Bytes per weight of embeddings and head: 16 bits in every format but GGUF, whose average counts them. */
export const embeddingBytes = (precision: Precision): number =>
  isGguf(precision) ? bytesPerWeight(precision) : 2

/** Peak rate in TFLOP/s that products in this precision run at; null = the chip has no such unit. */
export const peakTflops = (accelerator: Accelerator, precision: Precision): number | null => {
  switch (precision) {
    case 'fp8':
      return accelerator.fp8Tflops
    case 'nvfp4':
      return accelerator.fp4Tflops
    case 'int8':
      return accelerator.int8Tops
    // Weights are widened to 16 bits before they are multiplied.
    case 'mxfp4':
    case 'bf16':
    case 'int4':
    case 'q8_0':
    case 'q6_k':
    case 'q5_k_m':
    case 'q4_k_m':
    case 'iq4_xs':
    case 'q4_0':
    case 'q3_k_m':
      return accelerator.bf16Tflops
  }
}
