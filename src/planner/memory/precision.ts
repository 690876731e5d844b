// What a precision costs in bytes and needs in hardware. Knows no model and no engine.

import type { Accelerator, GgufPrecision, Precision } from '../../catalog/index.js'

/** Whether it is a format of llama.cpp, in which embeddings and head are quantized too. */
export const isGguf = (precision: Precision): precision is GgufPrecision => precision.includes('q')

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
