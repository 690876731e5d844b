// Bytes of weights in llama.cpp's mixtures. Knows no accelerator.

import type { GgufPrecision, Model, Weight } from '../../catalog/index.js'
import { bytesPerWeight } from './precision.js'

/** Bytes of each weight in a GGUF file: matrices and tables in the mixture, norms and biases in 32 bits. */
export const ggufBytes =
  (_model: Model, precision: GgufPrecision) =>
  ({ kind, parameters }: Weight): number =>
    parameters * (kind === 'vector' ? 4 : bytesPerWeight(precision))
