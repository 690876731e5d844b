// A Llama model without sense, in half precision, to measure by how fast this machine runs one of its size.

import { createRandom } from '../../core/index.js'
import { ggufFile } from './gguf-file.js'
import { createVocabulary, metadataOf, type Shape, sizeOf, tensorsOf, turnTemplate } from './llama-file.js'

export interface SampleModel {
  readonly file: Buffer
  /** Bytes of weights that are read for each token of an answer. */
  readonly bytes: number
  /** Multiplications and additions of one token, two for each weight that it meets. */
  readonly flops: number
}

/** @param width a multiple of 32, the width of an attention head */
export const sampleModel = ({
  width,
  layers,
}: {
  readonly width: number
  readonly layers: number
}): SampleModel => {
  const heads = width / 32
  const shape: Shape = { width, layers, heads, keyHeads: heads, inner: width * 3, contextLength: 2048 }
  const vocabulary = createVocabulary([])
  const end = vocabulary.idOf('<|im_end|>')
  const noise = halfPrecisionNoise()
  let matrixWeights = 0
  const tensors = tensorsOf(vocabulary, shape, (name, dimensions) => {
    const size = sizeOf(dimensions)
    if (name.endsWith('norm')) return new Float32Array(size).fill(1)
    if (name !== 'token_embd') matrixWeights += size
    const values = repeat(noise, size)
    // The end of the turn is never the likeliest token, so that an answer is as long as it is asked to be.
    if (name === 'output') values.fill(0, end * width, (end + 1) * width)
    return values
  })
  return {
    file: ggufFile(metadataOf(vocabulary, { shape, template: turnTemplate }), tensors),
    bytes: matrixWeights * 2,
    flops: matrixWeights * 2,
  }
}

/** Numbers of either sign between 1/128 and 1/16: sign, four low bits of the exponent from 8 to 10, mantissa. */
const halfPrecisionNoise = (): Uint16Array => {
  const random = createRandom('sample-model')
  return Uint16Array.from({ length: 1 << 16 }, () => {
    const sign = random.integer(2) << 15
    const exponent = (8 + random.integer(3)) << 10
    return sign | exponent | random.integer(1 << 10)
  })
}

const repeat = (pattern: Uint16Array, size: number): Uint16Array => {
  const values = new Uint16Array(size)
  for (let at = 0; at < size; at += pattern.length)
    values.set(at + pattern.length <= size ? pattern : pattern.subarray(0, size - at), at)
  return values
}
