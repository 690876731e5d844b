// The smallest model files that are whole: a GGUF and a safetensors, with as many bytes of weights as a test needs.

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
const text = (value: string) => Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)])

const textEntry = (key: string, value: string) => Buffer.concat([text(key), u32(8), text(value)])
const numberEntry = (key: string, value: number) => Buffer.concat([text(key), u32(4), u32(value)])
const textsEntry = (key: string, values: readonly string[]) =>
  Buffer.concat([text(key), u32(9), u32(8), u64(values.length), ...values.map(text)])

export interface GgufOptions {
  /** Weights of its one F32 tensor; the file is 4 bytes longer for each. */
  readonly weights?: number
  readonly licence?: string
  /** Fills the weights, so that two files differ. */
  readonly fill?: number
}

export const ggufFile = ({ weights = 64, licence, fill = 7 }: GgufOptions = {}): Buffer => {
  const entries = [
    textEntry('general.architecture', 'llama'),
    ...(licence === undefined ? [] : [textEntry('general.license', licence)]),
    numberEntry('general.file_type', 0),
    numberEntry('llama.context_length', 2048),
    numberEntry('llama.embedding_length', 64),
    textsEntry('tokenizer.ggml.tokens', ['a', 'b', '臺灣']),
    textEntry('tokenizer.chat_template', '{{ messages }}'),
  ]
  const tensor = Buffer.concat([text('token_embd.weight'), u32(1), u64(weights), u32(0), u64(0)])
  const header = Buffer.concat([Buffer.from('GGUF'), u32(3), u64(1), u64(entries.length), ...entries, tensor])
  const padding = Buffer.alloc((32 - (header.length % 32)) % 32)
  return Buffer.concat([header, padding, Buffer.alloc(weights * 4, fill)])
}

export const safetensorsFile = (weights = 10): Buffer => {
  const header = Buffer.from(
    JSON.stringify({
      __metadata__: { format: 'pt' },
      a: { dtype: 'F16', shape: [weights, 2], data_offsets: [0, weights * 4] },
    }),
  )
  return Buffer.concat([u64(header.length), header, Buffer.alloc(weights * 4)])
}
