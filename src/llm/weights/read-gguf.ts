// The header of a GGUF file: facts about the model, and whether the file is whole. Trusts no number in it:
// memory stays under one chunk and a few short texts, whatever the file says. Loads no weights.
// Format: ggml/docs/gguf.md of llama.cpp.

import { type ByteCursor, type ByteSource, createCursor } from './byte-source.js'
import { arrayType, fileTypes, scalarBytes, stringType, tensorTypes } from './gguf-types.js'
import { weightsError } from './messages.js'
import { heaviest, type WeightFacts } from './weight-facts.js'

export interface GgufHeader extends WeightFacts {
  readonly licence: string | null
}

/** Real headers, vocabulary included, stay under 40 MiB. */
const maxHeaderBytes = 128 * 1024 * 1024
const maxEntries = 65_536
const maxTensors = 1_000_000
const maxKeyBytes = 65_535
const maxKeptTextBytes = 4_096

/** @param file its name, for the error @throws `weights.header-unreadable` */
export const readGguf = (source: ByteSource, file: string): GgufHeader => {
  try {
    return parse(source)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw weightsError('weights.header-unreadable', { file, reason: error.message }, { cause: error })
  }
}

type Value = string | number | true

const parse = (source: ByteSource): GgufHeader => {
  const cursor = createCursor(source, maxHeaderBytes)
  if (source.sizeBytes < 24 || cursor.text(4) !== 'GGUF') throw new RangeError('it does not begin with GGUF')
  const version = cursor.u32()
  if (version !== 2 && version !== 3) throw new RangeError(`GGUF version ${version}`)
  const tensorCount = cursor.u64()
  const entryCount = cursor.u64()
  if (tensorCount > maxTensors || entryCount > maxEntries)
    throw new RangeError('a count in the header is absurd')
  const metadata = readMetadata(cursor, entryCount)
  const tensors = readTensors(cursor, tensorCount)
  checkWhole(source, cursor.position(), numberAt(metadata, 'general.alignment') ?? 32, tensors.ends)
  const architecture = textAt(metadata, 'general.architecture')
  const of = (key: string) => numberAt(metadata, `${architecture}.${key}`)
  return {
    architecture,
    parameters: tensors.parameters,
    contextLength: of('context_length'),
    embeddingLength: of('embedding_length'),
    quantization:
      fileTypes.get(numberAt(metadata, 'general.file_type') ?? -1) ?? heaviest(tensors.weightsByType),
    hasChatTemplate: metadata.has('tokenizer.chat_template'),
    licence: textAt(metadata, 'general.license'),
  }
}

const textAt = (metadata: ReadonlyMap<string, Value>, key: string): string | null => {
  const value = metadata.get(key)
  return typeof value === 'string' ? value : null
}

const numberAt = (metadata: ReadonlyMap<string, Value>, key: string): number | null => {
  const value = metadata.get(key)
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null
}

const isWanted = (key: string): boolean =>
  /^general\.(architecture|file_type|alignment|license)$|\.(context_length|embedding_length)$|^tokenizer\.chat_template$/.test(
    key,
  )

const readMetadata = (cursor: ByteCursor, count: number): ReadonlyMap<string, Value> => {
  const kept = new Map<string, Value>()
  for (let i = 0; i < count; i++) {
    const keyBytes = cursor.u64()
    if (keyBytes > maxKeyBytes) throw new RangeError('a key in the header is too long')
    const key = cursor.text(keyBytes)
    const value = readValue(cursor, cursor.u32(), isWanted(key))
    if (isWanted(key)) kept.set(key, value)
  }
  return kept
}

/** @returns the value of a short text or an integer; `true` for what is there and not looked at */
const readValue = (cursor: ByteCursor, type: number, wanted: boolean): Value => {
  if (type === stringType) return readText(cursor, wanted)
  if (type === arrayType) {
    skipArray(cursor)
    return true
  }
  if (wanted && type === 4) return cursor.u32()
  if (wanted && type === 5) return cursor.i32()
  if (wanted && type === 10) return cursor.u64()
  cursor.skip(sizeOf(type))
  return true
}

const readText = (cursor: ByteCursor, wanted: boolean): Value => {
  const length = cursor.u64()
  if (wanted && length <= maxKeptTextBytes) return cursor.text(length)
  cursor.skip(length)
  return true
}

const skipArray = (cursor: ByteCursor): void => {
  const type = cursor.u32()
  const count = cursor.u64()
  if (type === stringType) for (let i = 0; i < count; i++) cursor.skip(cursor.u64())
  else cursor.skip(sizeOf(type) * count)
}

const sizeOf = (type: number): number => {
  const size = scalarBytes.get(type)
  if (size === undefined) throw new RangeError(`a value of the unknown type ${type}`)
  return size
}

interface Tensors {
  readonly parameters: number
  readonly weightsByType: ReadonlyMap<string, number>
  /** Where the last tensor of known size ends, from the start of the data. */
  readonly ends: number
}

const readTensors = (cursor: ByteCursor, count: number): Tensors => {
  let parameters = 0
  let ends = 0
  const weightsByType = new Map<string, number>()
  for (let i = 0; i < count; i++) {
    const nameBytes = cursor.u64()
    if (nameBytes > maxKeyBytes) throw new RangeError('a name in the header is too long')
    cursor.skip(nameBytes)
    const weights = readShape(cursor)
    const typeNumber = cursor.u32()
    const offset = cursor.u64()
    const type = tensorTypes.get(typeNumber)
    parameters += weights
    const name = type?.name ?? `type ${typeNumber}`
    weightsByType.set(name, (weightsByType.get(name) ?? 0) + weights)
    const bytes = type ? Math.ceil(weights / type.blockWeights) * type.blockBytes : 0
    ends = Math.max(ends, offset + bytes)
    if (!Number.isSafeInteger(parameters) || !Number.isSafeInteger(ends))
      throw new RangeError('the size of a tensor is absurd')
  }
  return { parameters, weightsByType, ends }
}

const maxDimensions = 8

const readShape = (cursor: ByteCursor): number => {
  const dimensions = cursor.u32()
  if (dimensions > maxDimensions) throw new RangeError(`a tensor of ${dimensions} dimensions`)
  let weights = 1
  for (let i = 0; i < dimensions; i++) weights *= cursor.u64()
  if (!Number.isSafeInteger(weights)) throw new RangeError('the size of a tensor is absurd')
  return weights
}

const checkWhole = (source: ByteSource, headerEnd: number, alignment: number, ends: number): void => {
  if (alignment < 1) throw new RangeError('the alignment is 0')
  const needed = Math.ceil(headerEnd / alignment) * alignment + ends
  if (ends > 0 && needed > source.sizeBytes)
    throw new RangeError(`it is cut off: ${source.sizeBytes} of ${needed} bytes`)
}
