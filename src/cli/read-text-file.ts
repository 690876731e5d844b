// Reads a file that a person wrote: as text, or with an error that says why it is none.

import { isUtf8 } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { describeFailure } from './describe-failure.js'
import { cliError } from './messages.js'

/** @throws `cli.file-unusable` | `cli.file-not-utf8` with the first byte that is wrong */
export const readTextFile = (file: string): string => {
  const bytes = readBytes(file)
  if (!isUtf8(bytes)) throw cliError('cli.file-not-utf8', { file, ...firstWrongByte(bytes) })
  return bytes.toString('utf8')
}

const readBytes = (file: string): Buffer => {
  try {
    return readFileSync(file)
  } catch (error) {
    // Reading a folder fails without its path.
    throw describeFailure(Object.assign(error as NodeJS.ErrnoException, { path: file }))
  }
}

/** The first byte that belongs to no character. */
const firstWrongByte = (bytes: Buffer) => {
  let offset = 0
  for (let next = endOfCharacter(bytes, 0); next !== undefined; next = endOfCharacter(bytes, offset))
    offset = next
  const line = bytes.subarray(0, offset).toString('latin1').split('\n').length
  return { offset, line, byte: (bytes[offset] ?? 0).toString(16).padStart(2, '0').toUpperCase() }
}

const longestCharacterBytes = 4

const endOfCharacter = (bytes: Buffer, start: number): number | undefined => {
  for (let end = start + 1; end <= start + longestCharacterBytes && end <= bytes.length; end++)
    if (isUtf8(bytes.subarray(start, end))) return end
  return undefined
}
