import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readTextFile } from './read-text-file.js'

const directory = mkdtempSync(join(tmpdir(), 'text-file-'))
afterAll(() => rmSync(directory, { recursive: true }))
const file = join(directory, 'requirements.yaml')
const failure = (read: () => unknown) => {
  try {
    read()
  } catch (error) {
    return error
  }
  return undefined
}

describe('a text file', () => {
  it('is read as it stands', () => {
    writeFileSync(file, 'name: 銀行 🏦\n')
    expect(readTextFile(file)).toBe('name: 銀行 🏦\n')
  })

  it.each([
    ['a byte of another encoding', [0x61, 0x0a, 0xe9, 0x62], { offset: 2, line: 2, byte: 'E9' }],
    [
      'after characters of several bytes',
      [...Buffer.from('銀\n🏦\n'), 0xff],
      { offset: 9, line: 3, byte: 'FF' },
    ],
    ['a character that is cut off', Buffer.from('ab銀').subarray(0, 4), { offset: 2, line: 1, byte: 'E9' }],
    ['a surrogate', [0x61, 0xed, 0xa0, 0x80], { offset: 1, line: 1, byte: 'ED' }],
  ])('that is not UTF-8 is refused with the place: %s', (_case, bytes, place) => {
    writeFileSync(file, Buffer.from(bytes as number[]))
    expect(failure(() => readTextFile(file))).toMatchObject({
      code: 'cli.file-not-utf8',
      params: { file, ...place },
    })
  })

  it('that is a folder is refused by its path', () => {
    expect(failure(() => readTextFile(directory))).toMatchObject({
      code: 'cli.file-unusable',
      params: { file: directory, cause: 'EISDIR' },
    })
  })
})
