// In how many bytes each weight is kept when a model is served in a precision. Knows no accelerator and no layout.

import type { Model, Precision, StoredFormat, Weight, WeightFormat } from '../../catalog/index.js'
import { ggufBytes } from './gguf-format.js'
import { isGguf } from './precision.js'

const wide: WeightFormat = { bitsPerWeight: 16, bytesPerRow: 0 }

/**
 * Formats with the group scales that checkpoints have. fp8, int8: a 4-byte scale a row; int4: a 16-bit scale and a
 * 4-bit zero for every 128 (AWQ, GPTQ); NVFP4: an 8-bit scale for every 16; MXFP4: an 8-bit scale for every 32.
 */
const formats: Readonly<Record<'bf16' | 'fp8' | 'int8' | 'int4' | 'nvfp4' | 'mxfp4', WeightFormat>> = {
  bf16: wide,
  fp8: { bitsPerWeight: 8, bytesPerRow: 4 },
  int8: { bitsPerWeight: 8, bytesPerRow: 4 },
  int4: { bitsPerWeight: 4 + 20 / 128, bytesPerRow: 0 },
  nvfp4: { bitsPerWeight: 4.5, bytesPerRow: 0 },
  mxfp4: { bitsPerWeight: 4.25, bytesPerRow: 0 },
}

/**
 * Bytes of each weight. In the precision it is published in, the checkpoint's own rules decide. In another, what
 * the usual tools do: linear layers are quantized; embeddings, head, router, norms and vision tower stay in 16 bits,
 * and so does attention beside experts in the 4-bit float formats.
 */
export const formatsOf = (model: Model, precision: Precision): ((weight: Weight) => number) => {
  if (isGguf(precision)) return ggufBytes(model, precision)
  const { stored } = model.shape
  if (precision === stored.precision) return (weight) => bytesOf(weight, storedFormat(weight, stored))
  return (weight) => bytesOf(weight, isWide(weight, model, precision) ? wide : formats[precision])
}

const bytesOf = ({ parameters, rows }: Weight, { bitsPerWeight, bytesPerRow }: WeightFormat): number =>
  (parameters * bitsPerWeight) / 8 + rows * bytesPerRow

const storedFormat = ({ kind, format }: Weight, { matrices }: StoredFormat): WeightFormat =>
  format ?? (kind === 'matrix' ? matrices : wide)

const isWide = ({ kind, component }: Weight, model: Model, precision: Precision): boolean => {
  if (kind !== 'matrix') return true
  if (component === 'head' || component === 'router' || component === 'vision') return true
  const besideExperts = component === 'attention' || component === 'linear-attention'
  return besideExperts && model.experts > 0 && (precision === 'nvfp4' || precision === 'mxfp4')
}
