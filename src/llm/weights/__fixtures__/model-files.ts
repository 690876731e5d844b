// The smallest model files that are whole: a GGUF and a safetensors, with as many bytes of weights as a test needs.

import { type GgufValue, ggufFile as writeGguf } from '../../local/gguf-file.js'

export interface GgufOptions {
  /** Weights of its one F32 tensor: 4 bytes each, filled up to a multiple of 32. */
  readonly weights?: number
  readonly licence?: string
  /** Fills the weights, so that two files differ. */
  readonly fill?: number
}

export const ggufFile = ({ weights = 64, licence, fill = 7 }: GgufOptions = {}): Buffer => {
  const metadata: Record<string, GgufValue> = {
    'general.architecture': 'llama',
    ...(licence !== undefined && { 'general.license': licence }),
    'general.file_type': { u32: 0 },
    'llama.context_length': { u32: 2048 },
    'llama.embedding_length': { u32: 64 },
    'tokenizer.ggml.tokens': { strings: ['a', 'b', '臺灣'] },
    'tokenizer.chat_template': '{{ messages }}',
  }
  const values = new Float32Array(new Uint8Array(weights * 4).fill(fill).buffer)
  return writeGguf(metadata, [{ name: 'token_embd.weight', shape: [weights], values }])
}

export const safetensorsFile = (weights = 10): Buffer => {
  const header = Buffer.from(
    JSON.stringify({
      __metadata__: { format: 'pt' },
      a: { dtype: 'F16', shape: [weights, 2], data_offsets: [0, weights * 4] },
    }),
  )
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  return Buffer.concat([length, header, Buffer.alloc(weights * 4)])
}
