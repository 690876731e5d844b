import { describe, expect, it } from 'vitest'
import { type Catalogue, loadCatalogue, requireAccelerator, requireModel } from '../../catalog/index.js'
import { createRenderer, languages } from '../../core/index.js'
import { requirementsOf } from '../__fixtures__/requirements-of.js'
import { assess } from '../assessment/assess.js'
import { design } from '../design.js'
import { enginesFor } from '../memory/layouts.js'
import { roundedContext } from '../memory/rounded-context.js'
import { plannerMessages } from '../messages.js'
import type { Candidate } from '../search/report.js'
import { type Launch, type LaunchCommand, launchCommand } from './launch-command.js'
import { parsersOf } from './model-parsers.js'

const catalogue = loadCatalogue()
const render = createRenderer(plannerMessages)
const broken = /undefined|NaN|Infinity|\[object|^planner\./
const requirements = requirementsOf({
  hosting: { allowed: ['self-hosted'], owned: [{ accelerator: 'l40s', count: 8 }], ownedOnly: true },
  models: { allowed: ['Qwen3-32B'] },
})
const { report } = design({ requirements, assessment: assess(requirements, catalogue), catalogue })

const candidatesOf = (engine: string) =>
  report.candidates.filter((candidate) => candidate.engine === engine && candidate.latency)
const one = { tensorParallel: 1, pipelineParallel: 1 }

const launchOf = (candidate: Candidate, changes: Partial<Launch> = {}) => {
  const launch = launchCommand({
    candidate,
    layout: candidate.layout ?? one,
    catalogue,
    contextTokens: 3000,
    servedName: 'qwen',
    ...changes,
  })
  if (!launch) throw new Error('no launch')
  return launch
}
const firstOf = (engine: string) => {
  const [candidate] = candidatesOf(engine)
  if (!candidate) throw new Error(`no candidate of ${engine}`)
  return candidate
}
/** Its memory, planned for so many sequences. */
const memoryOf = (candidate: Candidate, sequences: number) => {
  const { memory } = candidate
  if (!memory) throw new Error(`no memory of ${candidate.id}`)
  return { ...memory, settings: { ...memory.settings, maxSequences: sequences } }
}
const settingOf = ({ settings }: LaunchCommand, flag: string) =>
  settings.find((setting) => setting.flag === flag)?.value

describe('launch commands', () => {
  it.each(enginesFor(requireAccelerator(catalogue, 'l40s')))(
    'of %s use settings that its version has, each with its reason in both languages',
    (engine) => {
      const candidates = candidatesOf(engine)
      expect(candidates.length).toBeGreaterThan(0)
      for (const candidate of candidates) {
        const launch = launchOf(candidate)
        expect(launch.checkedAgainst).toContain(engine)
        for (const { flag, at, value, reason, validation } of launch.settings) {
          // Of Triton's own flags the catalogue has no list, and says so.
          const unlisted = engine === 'trtllm' && flag?.startsWith('--') ? 'not-listed' : null
          expect(validation, `${candidate.id} ${flag}`).toMatchObject({ problem: unlisted, list: 'snapshot' })
          // A field of Triton's backend stands in a file.
          const isWord = engine !== 'trtllm' || unlisted !== null
          if (isWord) expect(launch.command.slice(at, at + 2).join(' ')).toContain(value ?? flag)
          for (const language of languages) expect(render(reason, language)).not.toMatch(broken)
        }
      }
    },
  )

  it('are the program and the words of their settings, and nothing else', () => {
    for (const engine of ['vllm', 'sglang', 'tgi', 'trtllm', 'llama.cpp']) {
      const { command, settings } = launchOf(firstOf(engine))
      const starts = settings.map(({ at }) => at)
      expect(starts).toEqual([...starts].sort((a, b) => a - b))
      for (const [i, word] of command.entries())
        if (word.startsWith('--') && engine !== 'trtllm') expect(starts, `${engine} ${word}`).toContain(i)
    }
  })

  it('name a flag that the version does not have, as a forbidden one shows', () => {
    const without = (flag: string): Catalogue => ({
      ...catalogue,
      engines: catalogue.engines.map((engine) => ({
        ...engine,
        flags: engine.flags.filter(({ name }) => name !== flag),
      })),
    })
    const problems = (flag: string, engine: string) =>
      launchOf(firstOf(engine), { catalogue: without(flag) })
        .settings.filter(({ validation }) => validation.problem !== null)
        .map((setting) => [setting.flag, setting.validation.problem])
    expect(problems('--max-num-seqs', 'vllm')).toEqual([['--max-num-seqs', 'unknown']])
    expect(problems('--chunked-prefill-size', 'sglang')).toEqual([['--chunked-prefill-size', 'unknown']])
    expect(problems('triton_max_batch_size', 'trtllm')).toContainEqual(['triton_max_batch_size', 'unknown'])
  })

  it('hold the longest request, rounded up to 1,024 tokens, and never more than the model reads', () => {
    const candidate = firstOf('vllm')
    const reads = requireModel(catalogue, candidate.model).maxContext ?? 0
    expect(reads).toBe(40_960)
    const context = (contextTokens: number) =>
      settingOf(launchOf(candidate, { contextTokens }), '--max-model-len')
    expect(context(3000)).toBe('3072')
    expect(context(40_950)).toBe('40960')
    expect(roundedContext(40_000, 40_500)).toBe(40_500)
  })

  it('say how a replica is spread, what is guessed ahead and what stays in the host', () => {
    const options = {
      layout: { ...one, tensorParallel: 2, dataParallel: 4, expertParallel: true, decodeContextParallel: 2 },
      cpuOffloadGiB: 10,
      sharedPrefixTokens: 500,
    } as const
    const decided = {
      kvDtype: 'fp8',
      speculation: { model: 'Qwen3-32B', method: 'layer', tokens: 3, acceptance: 0.7 },
      disaggregation: { prefillReplicas: 1, decodeReplicas: 2, kvTransferMs: 10 },
      memory: memoryOf(firstOf('vllm'), 100),
    } as const
    const vllm = launchOf({ ...firstOf('vllm'), ...decided }, options)
    expect(settingOf(vllm, '--tensor-parallel-size')).toBe('2')
    expect(settingOf(vllm, '--data-parallel-size')).toBe('4')
    expect(settingOf(vllm, '--decode-context-parallel-size')).toBe('2')
    expect(vllm.command).toContain('--enable-expert-parallel')
    expect(vllm.command).not.toContain('--pipeline-parallel-size')
    // Of each group; SGLang counts those of all four.
    expect(settingOf(vllm, '--max-num-seqs')).toBe('100')
    expect(settingOf(vllm, '--kv-cache-dtype')).toBe('fp8')
    expect(JSON.parse(settingOf(vllm, '--speculative-config') ?? '')).toEqual({
      method: 'mtp',
      num_speculative_tokens: 3,
    })
    expect(settingOf(vllm, '--cpu-offload-gb')).toBe('10')
    const sglang = launchOf({ ...firstOf('sglang'), ...decided }, options)
    expect(settingOf(sglang, '--tensor-parallel-size')).toBe('8')
    expect(settingOf(sglang, '--expert-parallel-size')).toBe('8')
    expect(settingOf(sglang, '--max-running-requests')).toBe('400')
    expect(settingOf(sglang, '--kv-cache-dtype')).toBe('fp8_e4m3')
    expect(settingOf(sglang, '--speculative-algorithm')).toBe('NEXTN')
    for (const { settings } of [vllm, sglang])
      expect(settings.filter(({ validation }) => validation.problem !== null)).toEqual([])
    expect(settingOf(launchOf(firstOf('trtllm'), options), 'enable_kv_cache_reuse')).toBe('true')
  })

  it('start Triton once an accelerator, and say how its files are filled', () => {
    const layout = { ...one, tensorParallel: 2 }
    const { command, settings } = launchOf({ ...firstOf('trtllm'), layout })
    const ranks = command.join(' ').split(' : ')
    expect(ranks).toHaveLength(2)
    expect(ranks[0]).toMatch(/^mpirun --allow-run-as-root -n 1 tritonserver --model-repository=\/models /)
    expect(ranks[0]).not.toContain('--load-model')
    expect(ranks[1]).toContain('-n 1 tritonserver --model-repository=/models --model-control-mode=explicit')
    expect(new Set(ranks.map((rank) => /prefix\d/.exec(rank)?.[0])).size).toBe(2)
    // The mandatory fields of docs/model_config.md.
    const fields = settings.flatMap(({ flag, value }) => (flag?.startsWith('--') ? [] : [`${flag}:${value}`]))
    for (const name of [
      'triton_backend',
      'triton_max_batch_size',
      'decoupled_mode',
      'engine_dir',
      'batching_strategy',
    ])
      expect(
        fields.some((field) => field.startsWith(`${name}:`)),
        name,
      ).toBe(true)
    const [repository] = settings
    expect(repository?.flag).toBe('--model-repository')
    if (repository) expect(render(repository.reason, 'en')).toContain(fields.join(','))
  })

  it('give llama-server the cache that its slots share: never more than the memory holds', () => {
    const candidate = { ...firstOf('llama.cpp'), layout: one }
    // Qwen3-32B: 2 x 2 bytes x 8 heads x 128 x 64 layers = 262,144 bytes a token; 10 GiB hold 40,960 tokens.
    const memory = { ...memoryOf(candidate, 20), kvPoolGiB: 10 }
    const tight = launchOf({ ...candidate, memory })
    expect(settingOf(tight, '--ctx-size')).toBe('40960')
    expect(settingOf(tight, '--parallel')).toBe('20')
    const roomy = launchOf({ ...candidate, memory: { ...memory, kvPoolGiB: 100 } })
    expect(settingOf(roomy, '--ctx-size')).toBe(String(20 * 3072))
  })

  it('turn hidden reasoning off where the model has it and the plan does not count it', () => {
    const vllm = launchOf(firstOf('vllm'))
    expect(requireModel(catalogue, firstOf('vllm').model).reasoning).toBe('optional')
    expect(JSON.parse(settingOf(vllm, '--default-chat-template-kwargs') ?? '')).toEqual({
      enable_thinking: false,
    })
    expect(settingOf(vllm, '--tool-call-parser')).toBe('hermes')
    expect(settingOf(launchOf(firstOf('llama.cpp')), '--reasoning-budget')).toBe('0')
  })

  it('name only parsers that SGLang lists', () => {
    const sglang = catalogue.engines.find(({ name }) => name === 'sglang')
    const choices = (flag: string) => sglang?.flags.find(({ name }) => name === flag)?.choices ?? []
    expect(choices('--tool-call-parser').length).toBeGreaterThan(10)
    for (const model of catalogue.models) {
      const { tool, reasoning } = parsersOf(model, 'sglang')
      if (tool !== null) expect(choices('--tool-call-parser'), model.name).toContain(tool)
      if (reasoning !== null) expect(choices('--reasoning-parser'), model.name).toContain(reasoning)
    }
  })
})
