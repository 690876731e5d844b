// Writes GGUF files (version 3): https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. Knows no architecture.

export type GgufValue =
  | string
  | boolean
  | { readonly u32: number }
  | { readonly f32: number }
  | { readonly strings: readonly string[] }
  | { readonly i32s: readonly number[] }
  | { readonly f32s: readonly number[] }

export interface GgufTensor {
  readonly name: string
  /** Elements of a row first. */
  readonly shape: readonly number[]
  /** Single precision, or the bits of half precision. */
  readonly values: Float32Array | Uint16Array
}

const type = { u32: 4, i32: 5, f32: 6, boolean: 7, string: 8, array: 9 } as const
const alignment = 32

export const ggufFile = (
  metadata: Readonly<Record<string, GgufValue>>,
  tensors: readonly GgufTensor[],
): Buffer => {
  const entries = Object.entries(metadata)
  const head: Buffer[] = [Buffer.from('GGUF'), u32(3), u64(tensors.length), u64(entries.length)]
  for (const [key, value] of entries) head.push(text(key), ...valueBytes(value))
  let offset = 0
  for (const { name, shape, values } of tensors) {
    head.push(text(name), u32(shape.length), ...shape.map(u64), u32(tensorType(values)), u64(offset))
    offset += padded(values.byteLength)
  }
  const header = pad(Buffer.concat(head))
  const data = tensors.map(({ values }) =>
    pad(Buffer.from(values.buffer, values.byteOffset, values.byteLength)),
  )
  return Buffer.concat([header, ...data])
}

/** GGML's numbers of F32 and F16. */
const tensorType = (values: GgufTensor['values']) => (values instanceof Float32Array ? 0 : 1)

const padded = (bytes: number) => Math.ceil(bytes / alignment) * alignment
const pad = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(padded(bytes.length) - bytes.length)])

const u32 = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
const u64 = (value: number) => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}
const text = (value: string) => {
  const bytes = Buffer.from(value, 'utf8')
  return Buffer.concat([u64(bytes.length), bytes])
}
const floats = (values: readonly number[]) => Buffer.from(Float32Array.from(values).buffer)
const integers = (values: readonly number[]) => Buffer.from(Int32Array.from(values).buffer)

const valueBytes = (value: GgufValue): Buffer[] => {
  if (typeof value === 'string') return [u32(type.string), text(value)]
  if (typeof value === 'boolean') return [u32(type.boolean), Buffer.from([value ? 1 : 0])]
  if ('u32' in value) return [u32(type.u32), u32(value.u32)]
  if ('f32' in value) return [u32(type.f32), floats([value.f32])]
  if ('strings' in value)
    return [u32(type.array), u32(type.string), u64(value.strings.length), ...value.strings.map(text)]
  if ('i32s' in value) return [u32(type.array), u32(type.i32), u64(value.i32s.length), integers(value.i32s)]
  return [u32(type.array), u32(type.f32), u64(value.f32s.length), floats(value.f32s)]
}
