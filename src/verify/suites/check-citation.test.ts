import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCitationChecker } from './check-citation.js'

const page = '# Fees\n\nA new card costs **NT$100**. A statement is [free](fees.md).\n'
let directory: string
let root: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'citations-'))
  root = join(directory, 'handbook')
  await mkdir(join(root, 'en'), { recursive: true })
  await writeFile(join(root, 'en', 'fees.md'), page)
  await writeFile(join(root, 'en', 'fees.html'), '<p>A new&nbsp;card</p><table><tr><td>costs<td>100</table>')
  await writeFile(join(directory, 'secret.md'), page)
})
afterAll(() => rm(directory, { recursive: true, force: true }))

const check = (url: string, text: string) =>
  createCitationChecker(root)({ text, citations: [] }, { url, start: 0, end: text.length })

describe('a citation', () => {
  const place = `${page.indexOf('A new')}-${page.indexOf(' A statement')}`

  it('holds when its words stand at the place it names', async () => {
    expect(await check(`en/fees.md#${place}`, 'A new card costs NT$100.')).toBe(true)
    expect(await check(`handbook:en/fees.md#${place}`, 'A new card costs NT$100.')).toBe(true)
  })

  it('holds across a link', async () => {
    expect(await check(`en/fees.md#0-${page.length}`, 'A statement is free.')).toBe(true)
  })

  it('does not hold for other words, another place or no place', async () => {
    expect(await check(`en/fees.md#${place}`, 'A new card costs NT$200.')).toBe(false)
    expect(await check(`en/fees.md#${place}`, 'A statement is free.')).toBe(false)
    expect(await check('en/fees.md#9-9', 'A new card')).toBe(false)
    expect(await check('en/fees.md', 'A new card')).toBe(false)
    expect(await check('https://example.test/', 'A new card')).toBe(false)
  })

  it('does not hold for a file that is missing or outside the documents', async () => {
    expect(await check(`en/none.md#${place}`, 'A new card')).toBe(false)
    expect(await check(`../secret.md#${place}`, 'A new card costs NT$100.')).toBe(false)
  })

  it('of an HTML page is compared with its visible text', async () => {
    expect(await check('en/fees.html#0-30', 'A new card | costs | 100')).toBe(true)
    expect(await check('en/fees.html#0-30', 'A new card costs 200')).toBe(false)
  })

  it('says nothing when the span of the answer is empty', async () => {
    expect(await check(`en/fees.md#${place}`, '')).toBe(false)
  })
})
