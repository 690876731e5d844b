import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { loadCatalogue } from './catalogue.js'
import { type FoundProgram, flagValue, helpCommand, programIn } from './engine-program.js'
import {
  checkListed,
  checkSnapshot,
  flagsInHelp,
  isOlder,
  snapshotName,
  versionIn,
} from './installed-flags.js'

const catalogue = loadCatalogue()
const help = readFileSync(new URL('./__fixtures__/vllm-0.32.0-help.txt', import.meta.url), 'utf8')
const flags = flagsInHelp(help) ?? []
const found = (...command: string[]) => programIn(command) as FoundProgram

describe('programIn', () => {
  it.each([
    [['vllm', 'serve', 'm'], 'vllm', ['vllm', 'serve', '--help=all']],
    [['/opt/venv/bin/vllm', 'serve'], 'vllm', ['/opt/venv/bin/vllm', 'serve', '--help=all']],
    [
      ['python', '-m', 'sglang.launch_server', '--port', '1'],
      'sglang',
      ['python', '-m', 'sglang.launch_server', '--help'],
    ],
    [['mpirun', '-n', '2', 'tritonserver', '--x'], 'triton', ['tritonserver', '--help']],
    [['env', 'A=1', 'llama-server', '-m', 'x'], 'llama.cpp', ['llama-server', '--help']],
    [['text-generation-launcher'], 'tgi', ['text-generation-launcher', '--help']],
  ])('knows %j as %s', (command, kind, asked) => {
    const program = found(...command)
    expect(program.program.kind).toBe(kind)
    expect(helpCommand(program)).toEqual(asked)
  })

  it('does not know other programs', () => {
    expect(programIn(['node', 'my-vllm-proxy.js'])).toBeUndefined()
  })

  it('finds the value of a flag in either form', () => {
    expect(flagValue(['x', '--port', '1'], ['--port'])).toBe('1')
    expect(flagValue(['x', '--port=2'], ['--port'])).toBe('2')
    expect(flagValue(['x'], ['--port'])).toBeUndefined()
  })
})

describe('the flags an engine lists', () => {
  it('are read from the help of a real vLLM', () => {
    expect(flags.length).toBeGreaterThan(200)
    expect(flags).toContain('--no-enable-prefix-caching')
    expect(flagsInHelp('command not found: --what')).toBeUndefined()
  })

  it.each([
    ['0.32.0+cpu\n', '0.32.0+cpu'],
    ['text-generation-launcher 3.3.4', '3.3.4'],
    ['version: 6123 (abc1234)', '6123'],
    ['nothing here', null],
  ])('come with a version: %j', (text, version) => {
    expect(versionIn(text)).toBe(version)
  })

  it('accept what vLLM accepts: underscores, parts of a JSON value, negations', () => {
    const command = found('vllm', 'serve', 'm', '--max_model_len=1', '--compilation-config.mode', '3')
    expect(checkListed(command, { flags, version: '0.32.0' }, catalogue)).toEqual([])
  })

  it('refuse an unknown flag with a suggestion', () => {
    const command = found('vllm', 'serve', 'm', '--max-modle-len', '1')
    expect(checkListed(command, { flags, version: '0.32.0' }, catalogue)).toEqual([
      { flag: '--max-modle-len', kind: 'unknown', suggestion: '--max-model-len' },
    ])
  })

  it('tell a flag that only newer versions have from one that has gone', () => {
    const command = found('vllm', 'serve', 'm', '--max-num-seqs', '1')
    const without = flags.filter((flag) => flag !== '--max-num-seqs')
    expect(checkListed(command, { flags: without, version: '0.9.1' }, catalogue)[0]?.kind).toBe('too-old')
    expect(checkListed(command, { flags: without, version: '0.99.0' }, catalogue)[0]?.kind).toBe('unknown')
  })
})

describe('the catalogue in their place', () => {
  it('names its version and finds unknown flags', () => {
    const command = found('vllm', 'serve', 'm', '--max-modle-len', '1')
    expect(snapshotName(command, catalogue)).toMatch(/^vllm \d/)
    expect(checkSnapshot(command, catalogue)).toMatchObject([
      { flag: '--max-modle-len', kind: 'unknown', suggestion: '--max-model-len' },
    ])
  })

  it('has no list for Triton', () => {
    expect(checkSnapshot(found('tritonserver', '--whatever'), catalogue)).toEqual([])
  })
})

describe('isOlder', () => {
  it.each([
    ['0.9.1', '0.28.0', true],
    ['0.32.0+cpu', '0.28.0', false],
    ['0.28', '0.28.0', false],
    ['main', '0.28.0', false],
  ])('%s than %s: %s', (installed, needed, older) => {
    expect(isOlder(installed, needed)).toBe(older)
  })
})
