// How wide the formats are that checkpoints store matrices in, their scales among them. Knows no configuration file.

import type { WeightFormat } from '../model-shape.js'

export const wide: WeightFormat = { bitsPerWeight: 16, bytesPerRow: 0 }
export const formatOfBits = (bits: number, bytesPerRow = 0): WeightFormat => ({
  bitsPerWeight: bits,
  bytesPerRow,
})

/** Bits with scales: NVFP4 an 8-bit scale per 16, MXFP4 and MXFP8 per 32; FP8 in square blocks a 32-bit scale each. */
export const nvfp4 = formatOfBits(4.5)
export const mxfp4 = formatOfBits(4.25)
export const mxfp8 = formatOfBits(8.25)
export const fp8Blocks = (blockWidth: number): WeightFormat => ({
  ...formatOfBits(8 + 32 / blockWidth ** 2),
  blockWidth,
})
export const fp8 = formatOfBits(8)
export const fp8Rows = formatOfBits(8, 2)
