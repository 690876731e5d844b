// What the command line says to input it cannot use, to a system that refuses, and about files it does not read.

import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { startServeProcess } from '../../src/cli/serve-process.js'
import { type Ran, runCommand, runJson } from './run-command.js'
import { createSmallProject } from './small-project.js'

const han = /\p{Script=Han}{2}/u

const directory = mkdtempSync(join(tmpdir(), 'bad-input-'))
afterAll(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }))
const file = (name: string) => join(directory, name)

describe('bad input', () => {
  it.each([
    [['assess', '/nowhere/requirements.yaml'], 'cli.file-not-found'],
    [['ask', 'hello', '--architecture', '/nowhere/architecture.yaml'], 'cli.file-not-found'],
    [['keys', 'paint', '--architecture', '/nowhere/architecture.yaml'], 'cli.bad-argument'],
  ])('%j ends with 2 and an error that is JSON', async (args, code) => {
    const { status, document } = await runJson(...args)
    expect([status, document.error.code]).toEqual([2, code])
    expect(document.error.message).not.toBe('')
  })

  it.each([
    [['serve', '--port', '99999'], '99999', '65535'],
    [['serve', '--port', ''], '--port', '65535'],
    [['serve', '--log-level', 'loud'], 'loud', 'silent'],
    [['start', '--once', '--port', '99999'], '99999', '65535'],
    [['design', '--rows', 'abc'], 'abc', '--rows'],
    [['design', '--rows', '-5'], '-5', '--rows'],
    [['init', '--preset', 'chat', '--peak', 'many'], 'many', '--peak'],
    [['keys', 'create', 'alice', '--monthly-usd', '-5'], '-5', '--monthly-usd'],
    [['ledger', '--by', 'banana'], 'banana', 'deployment'],
    [['ledger', '--limit', '1.5'], '1.5', '--limit'],
    [['ledger', '--since', 'garbage'], 'garbage', '--since'],
    [['ledger', '--since', '2026-11-02', '--until', '2026-11-01'], '2026-11-02', 'reversed'],
    [['keys', 'create', 'alice', '--expires', 'yesterday'], 'yesterday', '--expires'],
    [['keys', 'create'], 'keys create', 'name of the new key'],
    [['ask', ''], 'question', 'empty'],
    [['init', '--preset', 'chat', '--budget', '1e99'], '1e99', '--budget'],
    [['verify', '--profile', 'moon'], 'moon', 'production'],
    [['verify', '--only', 'speed,moon'], 'moon', 'safety'],
    [['assess', '--from', 'x', '--interval', '0'], '"0"', '3600'],
  ])('%j says which value is wrong and what it may be', async (args, value, allowed) => {
    const { status, stdout, stderr } = await runCommand(args)
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain(value)
    expect(stderr).toContain(allowed)
    expect(stderr).not.toMatch(/^ +at /m)
    expect((await runCommand(args, 'zh-TW')).stderr).toMatch(han)
  })

  it('a place that cannot be used is named, with the reason', async () => {
    const stray = file('stray')
    writeFileSync(stray, 'version: 1\n')
    for (const [args, path, reason] of [
      [['assess', directory], directory, 'folder'],
      [
        ['init', '--preset', 'chat', '--output', file('nowhere/x.yaml')],
        file('nowhere/x.yaml'),
        'does not exist',
      ],
      [
        ['init', '--preset', 'chat', '--output', join(stray, 'x.yaml')],
        join(stray, 'x.yaml'),
        'not a folder',
      ],
    ] as const) {
      const { status, document, stderr } = await runJson(...args)
      expect([status, document.error.code]).toEqual([2, 'cli.file-unusable'])
      expect(stderr).toContain(path)
      expect(stderr).toContain(reason)
      expect(stderr).not.toMatch(/^ +at /m)
    }
  })

  it('an unknown command or option ends with 2 and says how to get help', async () => {
    for (const args of [['fly'], ['assess', '--fly']]) {
      const { status, stdout, stderr } = await runCommand(args)
      expect([status, stdout]).toEqual([2, ''])
      expect(stderr).toContain('fly')
      expect(stderr).toContain('--help')
    }
  })

  it('help ends with 0', async () => {
    const { status, stdout } = await runCommand(['--help'])
    expect(status).toBe(0)
    for (const command of [
      'init',
      'assess',
      'design',
      'serve',
      'start',
      'ingest',
      'ask',
      'verify',
      'keys',
      'ledger',
      'doctor',
    ])
      expect(stdout).toMatch(new RegExp(`^ +${command}\\b`, 'm'))
  })
})

describe('on a project', () => {
  const project = createSmallProject()
  const architecture = ['--architecture', project.architectureFile]
  afterAll(() => project.remove())

  it('told to stop, says so and nothing else', { timeout: 120_000 }, async () => {
    const { status, stdout, stderr } = await runCommand(
      ['ask', 'hello', ...architecture],
      'en',
      AbortSignal.abort('SIGINT'),
    )
    expect({ status, stdout, stderr }).toEqual({ status: 130, stdout: '', stderr: 'Stopped.\n' })
  })

  it('ask without the key that is needed says how to get one and where it goes', {
    timeout: 60_000,
  }, async () => {
    const closed = createSmallProject('', ', requireKeys: true')
    try {
      const args = ['ask', 'hello', '--architecture', closed.architectureFile]
      const { status, document, stderr } = await runJson(...args)
      expect([status, document.error.code]).toEqual([2, 'cli.key-needed'])
      expect(stderr).toMatch(/keys create .*--key.*LLM_ARCHITECT_KEY/)
    } finally {
      closed.remove()
    }
  })

  it.each([
    ['{"token":', 'supervisor.lock-unreadable', 'lock.json'],
    [undefined, 'cli.file-unusable', '.llm-architect'],
  ])('names the state that is damaged: %j', async (lock, code, name) => {
    const state = mkdtempSync(join(tmpdir(), 'damaged-'))
    try {
      copyFileSync(project.architectureFile, join(state, 'architecture.yaml'))
      if (lock === undefined) writeFileSync(join(state, '.llm-architect'), '')
      else {
        mkdirSync(join(state, '.llm-architect'))
        writeFileSync(join(state, '.llm-architect', 'lock.json'), lock)
      }
      const { status, document, stderr } = await runJson(
        'ledger',
        '--architecture',
        join(state, 'architecture.yaml'),
      )
      expect([status, document.error.code]).toEqual([2, code])
      expect(stderr).toContain(name)
      expect(stderr).not.toMatch(/^ +at /m)
    } finally {
      rmSync(state, { recursive: true })
    }
  })

  it('serve names a place where it cannot listen', { timeout: 120_000 }, async () => {
    // Of the addresses that are for documentation only: no machine has it.
    const elsewhere = createSmallProject('', ', host: 192.0.2.1, requireKeys: true')
    try {
      const { status, document, stderr } = await runJson(
        'serve',
        '--architecture',
        elsewhere.architectureFile,
      )
      expect([status, document.error.code]).toEqual([2, 'cli.cannot-listen'])
      expect(stderr).toContain('192.0.2.1')
      expect(stderr).not.toMatch(/^ +at /m)
    } finally {
      elsewhere.remove()
    }
  })

  it('ingest tells of every file it did not read, the same alone and through a running system', {
    timeout: 120_000,
  }, async () => {
    const mixed = createSmallProject()
    const args = ['ingest', '--architecture', mixed.architectureFile]
    try {
      const docs = join(mixed.directory, 'docs')
      writeFileSync(join(docs, 'plan.docx'), 'x')
      writeFileSync(join(docs, 'broken.md'), Buffer.from([0x61, 0xff, 0xfe, 0x62]))
      spawnSync('mkfifo', [join(docs, 'pipe.md')])
      symlinkSync('..', join(docs, 'zh', 'loop'))
      const remarks = ({ status, stdout }: Ran) => [status, stdout.split('\n').slice(1)]
      const alone = remarks(await runCommand(args))
      expect(alone).toEqual([
        1,
        [
          expect.stringMatching(/failed: broken\.md .*UTF-8/),
          expect.stringMatching(/ignored: pipe\.md .*regular/),
          expect.stringMatching(/ignored: plan\.docx .*\.docx.*\.md.*\.html/),
          expect.stringMatching(/ignored: zh\/loop /),
          '',
        ],
      ])
      const running = await startServeProcess(mixed.architectureFile)
      await running.ready
      try {
        expect(remarks(await runCommand(args))).toEqual(alone)
        const unknown = await runJson('ingest', 'nothing', '--architecture', mixed.architectureFile)
        expect([unknown.status, unknown.document.error.code]).toEqual([2, 'cli.knowledge-unknown'])
        rmSync(docs, { recursive: true })
        const gone = await runJson(...args)
        expect([gone.status, gone.document.error.code]).toEqual([2, 'rag.folder-unreadable'])
        expect(gone.stderr).toContain(docs)
      } finally {
        running.stop()
        await running.exited
      }
    } finally {
      mixed.remove()
    }
  })
})
