// Identifiers and content hashes. Knows nothing of what they name.

import { hash, randomFillSync } from 'node:crypto'

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/**
 * A new identifier `PREFIX_...`: 10 characters of time and 16 of randomness (the layout of a ULID, in lower
 * case), so that identifiers of one process sort by the millisecond they were made in.
 * @param wallMs time in ms since 1970
 */
export const createId = (prefix: string, wallMs = Date.now()): string => {
  let time = ''
  for (let rest = wallMs, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) time = alphabet[rest % 32] + time
  return `${prefix}_${time}${randomCharacters(16)}`
}

/** Drawn for many identifiers at once, each byte used for one character: a draw costs more than an identifier. */
const randomBytes = new Uint8Array(4096)
let usedBytes = randomBytes.length

const randomCharacters = (count: number): string => {
  if (usedBytes + count > randomBytes.length) {
    randomFillSync(randomBytes)
    usedBytes = 0
  }
  let characters = ''
  for (const end = usedBytes + count; usedBytes < end; usedBytes++)
    characters += alphabet[(randomBytes[usedBytes] as number) % 32]
  return characters
}

/** SHA-256 of a text or of bytes, as `sha256:HEX`. */
export const contentHash = (content: string | Uint8Array): string => `sha256:${hash('sha256', content)}`

/** JSON with its object keys in order at every depth, so that equal values have equal texts. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    part && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
