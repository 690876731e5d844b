// What designs write for vLLM, before the installed vLLM itself: its parser reads every command, it has every parser
// of tool calls and of reasoning that is named, and it starts and answers with all the settings of one design.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { loadCatalogue } from '../../src/catalog/index.js'
import { engineProgram } from '../../src/cli/optional-engines/engine-program.js'
import { venvProgram } from '../../src/cli/optional-engines/install-site.js'
import { requireInstalled } from '../../src/cli/optional-engines/installed-engine.js'
import { packageFile } from '../../src/cli/package-file.js'
import { requirementsOf } from '../../src/planner/__fixtures__/requirements-of.js'
import { type Launch, launchCommand } from '../../src/planner/architecture/launch-command.js'
import { parsersOf } from '../../src/planner/architecture/model-parsers.js'
import { assess, design } from '../../src/planner/index.js'
import { parseArchitecture } from '../../src/spec/index.js'
import { startEngine } from './engine-process.js'
import { home, makeLlama } from './engines-home.js'

const designs = packageFile('examples/designs/designs')
const folder = mkdtempSync(join(tmpdir(), 'launch-settings-'))
const catalogue = loadCatalogue()
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Verdict {
  readonly refusals: readonly (string | null)[]
  readonly toolParsers: readonly string[]
  readonly reasoningParsers: readonly string[]
}

/** @param commands what follows `vllm serve`, each */
const askVllm = (commands: readonly (readonly string[])[]): Verdict => {
  const python = venvProgram(requireInstalled(home, 'vllm'), 'python')
  const { stdout, stderr, status } = spawnSync(
    python,
    [join(import.meta.dirname, 'parse-vllm-commands.py')],
    { input: commands.map((words) => JSON.stringify(words)).join('\n'), encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(stderr.slice(-4000))
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
}

const commandsOf = (file: string): readonly (readonly string[])[] =>
  parseArchitecture(readFileSync(file, 'utf8')).deployments.flatMap(({ engine, launch }) =>
    engine === 'vllm' && launch ? [launch.command.slice(2)] : [],
  )

/** The unquantized way to serve a model with vLLM on the cards of one machine. */
const candidateOf = (model: string) => {
  const requirements = requirementsOf({
    hosting: { allowed: ['self-hosted'], owned: [{ accelerator: 'h100', count: 8 }], ownedOnly: true },
    models: { allowed: [model] },
  })
  const { report } = design({ requirements, assessment: assess(requirements, catalogue), catalogue })
  const candidate = report.candidates.find(
    ({ engine, latency, precision }) => engine === 'vllm' && precision === 'bf16' && latency,
  )
  if (!candidate) throw new Error(`no design of ${model} on vLLM`)
  return candidate
}

const one = { tensorParallel: 1, pipelineParallel: 1 }
const wordsOf = (launch: Pick<Launch, 'candidate'> & Partial<Launch>): readonly string[] =>
  launchCommand({
    layout: one,
    catalogue,
    contextTokens: 3000,
    servedName: 'served',
    ...launch,
  })?.command.slice(2) ?? []

/** Every kind of setting that a design may need, on one candidate. */
const variants = (): readonly (readonly string[])[] => {
  const candidate = candidateOf('Qwen3-32B')
  const speculation = { model: candidate.model, tokens: 3, acceptance: 0.7 }
  const launches: readonly Partial<Launch>[] = [
    { candidate: { ...candidate, kvDtype: 'fp8' }, cpuOffloadGiB: 10 },
    { candidate: { ...candidate, speculation: { ...speculation, method: 'ngram' } } },
    { candidate: { ...candidate, speculation: { ...speculation, method: 'layer' } } },
    {
      candidate: {
        ...candidate,
        disaggregation: { prefillReplicas: 1, decodeReplicas: 2, kvTransferMs: 10 },
      },
    },
    {
      layout: { ...one, tensorParallel: 2, dataParallel: 4, expertParallel: true, decodeContextParallel: 2 },
    },
    { layout: { tensorParallel: 2, pipelineParallel: 2 } },
  ]
  return launches.map((changes) => wordsOf({ candidate, ...changes }))
}

describe('the vLLM commands that designs write', () => {
  const written = readdirSync(designs)
    .map((name) => join(designs, name, 'architecture.yaml'))
    .filter((file) => existsSync(file))
    .flatMap(commandsOf)
  const models = catalogue.models.map((model) => parsersOf(model, 'vllm'))
  const wrong = [...(written[0] ?? []), '--max-num-sequences-of-nothing', '3']
  const commands = [...written, ...variants()]
  const { refusals, toolParsers, reasoningParsers } = askVllm([...commands, wrong])

  it('are read by its own parser, which refuses one that is wrong', () => {
    expect(written.length).toBeGreaterThan(5)
    expect(refusals.slice(0, -1)).toEqual(commands.map(() => null))
    expect(refusals.at(-1)).toContain('--max-num-sequences-of-nothing')
  })

  it('name only parsers that it has', () => {
    const named = (of: 'tool' | 'reasoning') => [...new Set(models.flatMap((parsers) => parsers[of] ?? []))]
    expect(named('tool').length).toBeGreaterThan(5)
    expect(toolParsers).toEqual(expect.arrayContaining(named('tool')))
    expect(reasoningParsers).toEqual(expect.arrayContaining(named('reasoning')))
  })

  it('start it with every setting of a design, on a random model and a processor', async () => {
    const settings = wordsOf({ candidate: candidateOf('Qwen2.5-7B-Instruct') }).slice(1)
    expect(settings).toEqual(expect.arrayContaining(['--max-num-batched-tokens', '--tool-call-parser']))
    const { environment, command: program } = engineProgram(home, 'vllm', process.env)
    const weights = makeLlama(join(folder, 'tiny-llama'))
    const engine = await startEngine({
      name: 'vLLM as designed',
      command: program,
      environment: { ...environment, VLLM_CPU_KVCACHE_SPACE: '1' },
      readyPath: '/health',
      timeoutSeconds: 280,
      // A later value wins: everything else is as the design wrote it.
      args: (port) => [weights, ...settings, '--port', `${port}`, '--max-model-len', '1024'],
    })
    try {
      const answer = await fetch(`${engine.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          model: 'served',
          messages: [{ role: 'user', content: 'What does a transfer cost?' }],
          max_tokens: 4,
        }),
      })
      expect(await answer.json()).toMatchObject({ usage: { completion_tokens: 4 } })
    } finally {
      await engine.stop()
    }
  }, 300_000)
})
