import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { sampleModel } from '../llm/index.js'
import { localWeightsPath } from './local-weights.js'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'local-weights-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const gguf = sampleModel({ width: 32, layers: 1 }).file
const safetensors = () => {
  const header = Buffer.from('{"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}')
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  return Buffer.concat([length, header, Buffer.alloc(2)])
}
const write = async (name: string) => {
  await mkdir(dirname(join(directory, name)), { recursive: true })
  await writeFile(join(directory, name), name.endsWith('.gguf') ? gguf : safetensors())
}
const pathOf = (model: string) =>
  localWeightsPath(model, { directory, modelsDirectory: join(directory, 'models') })

it.each([
  ['a file', './a.gguf', ['a.gguf'], 'a.gguf'],
  ['a file with its scheme', 'file:a.gguf', ['a.gguf'], 'a.gguf'],
  ['a file that is not there, for the engine to say so', './gone.gguf', [], 'gone.gguf'],
  [
    'a file of another format, for the engine to name it',
    './m/a.safetensors',
    ['m/a.safetensors'],
    'm/a.safetensors',
  ],
  ['the GGUF of a folder', './m', ['m/a.gguf', 'm/README.md'], 'm/a.gguf'],
  ['the GGUF of a folder with a bare name', 'm', ['m/a.gguf'], 'm/a.gguf'],
  ['the GGUF of a folder with the ending of a file', './m.gguf', ['m.gguf/a.gguf'], 'm.gguf/a.gguf'],
  ['the GGUF beside safetensors', './m', ['m/a.gguf', 'm/b.safetensors'], 'm/a.gguf'],
  [
    'the first part of a GGUF in several',
    './m',
    ['m/a-00002-of-00002.gguf', 'm/a-00001-of-00002.gguf', 'm/b.safetensors'],
    'm/a-00001-of-00002.gguf',
  ],
  ['a folder without a GGUF, for the engine to say so', './m', ['m/b.safetensors'], 'm'],
  ['a folder that leaves a choice', './m', ['m/a.gguf', 'm/c.gguf', 'm/b.safetensors'], 'm'],
])('%s', async (_what, model, files, expected) => {
  for (const file of files) await write(file)
  expect(await pathOf(model)).toBe(join(directory, expected))
})

it('a folder of several GGUF models names them', async () => {
  for (const file of ['m/a.gguf', 'm/c.gguf']) await write(file)
  await expect(pathOf('./m')).rejects.toMatchObject({
    code: 'weights.choose-file',
    params: { files: expect.arrayContaining(['a.gguf', 'c.gguf']) },
  })
})

it('a name that is neither a folder nor a pulled model is told apart', async () => {
  await expect(pathOf('m')).rejects.toMatchObject({ code: 'weights.not-found' })
})
