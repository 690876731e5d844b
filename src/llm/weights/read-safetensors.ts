// The header of a safetensors file: how many weights it holds, in which type, and whether the file is whole.
// Format: the safetensors README. What the model is stands in config.json beside it.

import { z } from 'zod'
import type { ByteSource } from './byte-source.js'
import { weightsError } from './messages.js'

export interface SafetensorsHeader {
  readonly parameters: number
  readonly weightsByType: ReadonlyMap<string, number>
}

/** The format allows 100 MB; the headers of the largest published models stay under 10. */
const maxHeaderBytes = 32 * 1024 * 1024

const tensor = z.object({
  dtype: z.string().max(32),
  shape: z.array(z.int().nonnegative()).max(16),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
})

/** @throws `weights.header-unreadable` */
export const readSafetensors = (source: ByteSource, file: string): SafetensorsHeader => {
  const unreadable = (reason: string, cause?: unknown) =>
    weightsError('weights.header-unreadable', { file, reason }, { cause })
  if (source.sizeBytes < 10) throw unreadable('it is too short')
  const lengthBytes = Buffer.from(source.read(0, 8)).readBigUInt64LE(0)
  if (lengthBytes > maxHeaderBytes || Number(lengthBytes) > source.sizeBytes - 8)
    throw unreadable('its header is longer than the file or than any real one')
  const length = Number(lengthBytes)
  const entries = parseEntries(Buffer.from(source.read(8, length)), unreadable)
  const weightsByType = new Map<string, number>()
  let parameters = 0
  let ends = 0
  for (const { dtype, shape, data_offsets } of entries) {
    const weights = shape.reduce((product, dimension) => product * dimension, 1)
    parameters += weights
    ends = Math.max(ends, data_offsets[1])
    weightsByType.set(dtype, (weightsByType.get(dtype) ?? 0) + weights)
  }
  if (!Number.isSafeInteger(parameters)) throw unreadable('the size of a tensor is absurd')
  if (8 + length + ends !== source.sizeBytes)
    throw unreadable(`it has ${source.sizeBytes} bytes, and its header says ${8 + length + ends}`)
  return { parameters, weightsByType }
}

const parseEntries = (
  bytes: Buffer,
  unreadable: (reason: string, cause?: unknown) => Error,
): readonly z.infer<typeof tensor>[] => {
  try {
    const { __metadata__: _, ...tensors } = z
      .record(z.string(), z.unknown())
      .parse(JSON.parse(bytes.toString()))
    return Object.values(tensors).map((entry) => tensor.parse(entry))
  } catch (error) {
    throw unreadable('its header is not what safetensors prescribes', error)
  }
}
