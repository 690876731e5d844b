import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ArchitectError } from '../../core/index.js'
import { ggufFile, safetensorsFile } from './__fixtures__/model-files.js'
import { type ByteSource, memorySource } from './byte-source.js'
import { readGguf } from './read-gguf.js'
import { readSafetensors } from './read-safetensors.js'

const gguf = ggufFile({ licence: 'mit' })
const safetensors = safetensorsFile()
const readers = {
  gguf: (source: ByteSource) => readGguf(source, 'x.gguf'),
  safetensors: (source: ByteSource) => readSafetensors(source, 'x.safetensors'),
}

/** Counts how much is read at once, and says a size that may be a lie. */
const watched = (bytes: Uint8Array, sizeBytes = bytes.length) => {
  const source = memorySource(bytes)
  let largestRead = 0
  return {
    largestRead: () => largestRead,
    source: {
      sizeBytes,
      read: (position: number, length: number) => {
        largestRead = Math.max(largestRead, length)
        return source.read(position, length)
      },
    },
  }
}

const failsOnlyAsItSays = (read: (source: ByteSource) => unknown, source: ByteSource) => {
  try {
    read(source)
  } catch (error) {
    expect(error).toBeInstanceOf(ArchitectError)
    expect(error).toMatchObject({ code: 'weights.header-unreadable' })
  }
}

describe('the header of a GGUF file', () => {
  it('says what the model is', () => {
    expect(readGguf(memorySource(gguf), 'x.gguf')).toEqual({
      architecture: 'llama',
      parameters: 64,
      contextLength: 2048,
      embeddingLength: 64,
      quantization: 'F32',
      hasChatTemplate: true,
      licence: 'mit',
    })
  })

  it.each([
    ['is cut off in its weights', gguf.subarray(0, gguf.length - 1), 'cut off'],
    ['is cut off in its header', gguf.subarray(0, 100), 'header'],
    [
      'is of version 1',
      Buffer.concat([gguf.subarray(0, 4), Buffer.from([1]), gguf.subarray(5)]),
      'version 1',
    ],
    ['is empty', Buffer.alloc(0), 'does not begin'],
    ['is a page of a portal', Buffer.from('<!doctype html><html><head></head></html>'), 'does not begin'],
  ])('is refused when the file %s', (_what, bytes, reason) => {
    expect(() => readGguf(memorySource(bytes), 'x.gguf')).toThrow(reason)
  })

  it('that promises endless strings in an endless file is given up, and never held in memory', () => {
    const bytes = Buffer.from(gguf)
    const tokens = bytes.indexOf('tokenizer.ggml.tokens') + 'tokenizer.ggml.tokens'.length
    bytes.writeBigUInt64LE(2n ** 52n, tokens + 8)
    // Cut where the strings begin: what follows is zeros, and zeros are empty strings.
    const start = bytes.subarray(0, tokens + 16)
    let largestRead = 0
    const source: ByteSource = {
      sizeBytes: 2 ** 45,
      read: (position, length) => {
        largestRead = Math.max(largestRead, length)
        return Buffer.concat([start.subarray(position), Buffer.alloc(length)], length)
      },
    }
    expect(() => readGguf(source, 'x.gguf')).toThrow('goes past its end')
    expect(largestRead).toBeLessThanOrEqual(1 << 18)
  })
})

describe('the header of a safetensors file', () => {
  it('says how many weights there are, and of which type', () => {
    expect(readSafetensors(memorySource(safetensors), 'x')).toEqual({
      parameters: 20,
      weightsByType: new Map([['F16', 20]]),
    })
  })

  it.each([
    ['cut off', safetensors.subarray(0, safetensors.length - 1)],
    ['longer than it says', Buffer.concat([safetensors, Buffer.alloc(1)])],
    ['a page of a portal', Buffer.from('<!doctype html><html></html>')],
  ])('is refused when the file is %s', (_what, bytes) => {
    expect(() => readSafetensors(memorySource(bytes), 'x')).toThrow(ArchitectError)
  })
})

describe.each([
  ['gguf', gguf, readers.gguf],
  ['safetensors', safetensors, readers.safetensors],
] as const)('any bytes as %s', (_format, whole, read) => {
  it('are read or refused, never more', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4096 }), (bytes) => {
        failsOnlyAsItSays(read, memorySource(bytes))
        // Past the first check of every reader: the magic number, or a length that fits.
        failsOnlyAsItSays(read, memorySource(Buffer.concat([whole.subarray(0, 16), bytes])))
      }),
      { numRuns: 2_000 },
    )
  })

  it('with some of them changed are read or refused, in bounded memory, whatever size the file claims', () => {
    const change = fc.record({ at: fc.nat({ max: whole.length - 1 }), value: fc.nat({ max: 255 }) })
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 12 }), fc.boolean(), (changes, isHuge) => {
        const bytes = Buffer.from(whole)
        for (const { at, value } of changes) bytes.writeUInt8(value, at)
        const { source, largestRead } = watched(bytes, isHuge ? 2 ** 44 : bytes.length)
        failsOnlyAsItSays(read, source)
        expect(largestRead()).toBeLessThanOrEqual(32 * 1024 * 1024)
      }),
      { numRuns: 2_000 },
    )
  })
})
