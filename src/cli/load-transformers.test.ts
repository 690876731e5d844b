import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { loadTransformers } from './load-transformers.js'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'load-transformers-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

it('is found behind a link to its folder', async () => {
  const library = join(directory, 'disk/node_modules/@huggingface/transformers')
  mkdirSync(library, { recursive: true })
  writeFileSync(join(library, 'index.js'), 'exports.pipeline = () => {}')
  symlinkSync(join(directory, 'disk'), join(directory, 'link'))
  expect(await loadTransformers(join(directory, 'link'))).toHaveProperty('pipeline')
})

it('is missing in a folder that is not there or holds nothing', async () => {
  await expect(loadTransformers(join(directory, 'nowhere'))).rejects.toMatchObject({
    code: 'cli.transformers-missing',
  })
  await expect(loadTransformers(directory)).rejects.toMatchObject({ code: 'cli.transformers-missing' })
})
