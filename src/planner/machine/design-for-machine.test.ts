import { describe, expect, it } from 'vitest'
import { loadCatalogue } from '../../catalog/index.js'
import { architectureSchema } from '../../spec/index.js'
import { requirementsOf, targetOf } from '../__fixtures__/requirements-of.js'
import { assess } from '../assessment/assess.js'
import { design } from '../design.js'
import { predictionsOf } from '../predictions-of.js'
import { designForMachine } from './design-for-machine.js'
import type { MachineFacts } from './machine.js'

const catalogue = loadCatalogue()
const machine: MachineFacts = {
  cores: 2,
  memoryGiB: 16,
  cpuModel: 'test',
  instructionSets: ['avx2'],
  accelerators: [],
  engines: [],
  apiKeys: [],
  speedScore: 1,
}
const requirements = requirementsOf({
  useCase: { kind: 'rag-qa', description: 'Questions.', knowledge: { source: './handbook/' } },
  performance: {
    targets: [
      targetOf('ttft', 800, { id: 'ttft-p95' }),
      targetOf('e2e', 6, { id: 'e2e-p95', unit: 's' }),
      targetOf('outputTokensPerSecond', 20, { id: 'speed' }),
    ],
  },
  safety: { personalData: 'block', promptInjection: 'block' },
})
const { report, architecture: production } = design({
  requirements,
  assessment: assess(requirements, catalogue),
  catalogue,
})
const here = (facts: Partial<MachineFacts> = {}, engine?: string) =>
  designForMachine({
    requirements,
    machine: { ...machine, ...facts },
    catalogue,
    production,
    requestsPerSecond: 20,
    ...(engine === undefined ? {} : { engine }),
  })

describe('the design for this machine', () => {
  it('answers with the built-in engine, labelled with what it stands for', () => {
    const { architecture } = here()
    expect(architectureSchema.parse(architecture)).toEqual(architecture)
    expect(architecture?.deployments).toHaveLength(1)
    expect(architecture?.deployments[0]).toMatchObject({ engine: 'extractive' })
    const { hardware, model } = production?.deployments[0] ?? {}
    expect(architecture?.deployments[0]?.standsFor).toContain(model)
    if (hardware) expect(architecture?.deployments[0]?.standsFor).toContain(hardware.accelerator)
  })

  it('keeps documents, prompts and guards of the production design, and no limits', () => {
    const { architecture } = here()
    expect(architecture?.knowledge).toEqual(production?.knowledge)
    expect(architecture?.knowledge[0]?.id).toBe('handbook')
    expect(architecture?.prompts).toEqual(production?.prompts)
    expect(architecture?.guardrails).toEqual(production?.guardrails)
    expect(architecture?.guardrails[0]?.input.personalData).toBe('block')
    expect(architecture?.limits.requestsPerMinute).toBe(0)
  })

  it('names engines and keys that are there, and does not use them unasked', () => {
    const engines = [
      { name: 'Ollama', address: 'http://127.0.0.1:11434/v1', models: ['qwen3:4b', 'llama3.2'] },
    ]
    const { architecture, hints } = here({ engines, apiKeys: ['OPENAI_API_KEY'] })
    expect(architecture?.deployments[0]?.engine).toBe('extractive')
    expect(hints.map(({ name, commandLine }) => [name, commandLine])).toEqual([
      ['ollama', 'npm start -- --engine ollama'],
      ['openai', 'npm start -- --engine openai'],
    ])
  })

  it('uses an engine that is asked for', () => {
    const engines = [{ name: 'Ollama', address: 'http://127.0.0.1:11434/v1', models: ['qwen3:4b'] }]
    const local = here({ engines }, 'ollama:llama3.2')
    expect(local.architecture?.deployments[0]).toMatchObject({
      engine: 'openai-compatible',
      model: 'llama3.2',
      address: 'http://127.0.0.1:11434/v1',
    })
    expect(local.predictions).toEqual([])
    const hosted = here({ apiKeys: ['OPENAI_API_KEY'] }, 'openai')
    expect(hosted.architecture?.deployments[0]).toMatchObject({
      engine: 'hosted-api',
      key: `\${env:OPENAI_API_KEY}`,
    })
  })

  it('says what is there when the asked engine is not', () => {
    const { architecture, reasons } = here({ apiKeys: ['OPENAI_API_KEY'] }, 'vllm')
    expect(architecture).toBeNull()
    expect(reasons[0]).toMatchObject({ code: 'planner.engine-not-found', params: { known: ['openai'] } })
  })

  it('has no built-in engine for a use without documents', () => {
    const chat = requirementsOf()
    const { architecture, reasons } = designForMachine({
      requirements: chat,
      machine,
      catalogue,
      production: null,
    })
    expect(architecture).toBeNull()
    expect(reasons[0]?.code).toBe('planner.no-built-in-engine')
  })
})

describe('predictions', () => {
  it('are one for each speed target, under the id of the row of this machine and in the unit of the target', () => {
    const { predictions } = here()
    expect(predictions.map(({ id, unit }) => [id, unit])).toEqual([
      ['ttft-p95.here', 'ms'],
      ['e2e-p95.here', 's'],
      ['speed.here', 'tokens/s'],
    ])
    for (const { low, value, high } of predictions) {
      expect(low).toBeLessThan(value)
      expect(value).toBeLessThan(high)
    }
  })

  it('are better on a faster machine, and worse where gateway and search share one core', () => {
    const at = (facts: Partial<MachineFacts>) => here(facts).predictions[0]?.value ?? Number.NaN
    expect(at({ speedScore: 2 })).toBeLessThan(at({}))
    expect(at({ cores: 1 })).toBeGreaterThan(at({}))
  })

  it('are none for a load that the machine cannot carry', () => {
    expect(here({ speedScore: 0.05 }).predictions).toEqual([])
  })

  it('of production come from the chosen candidate, with the cost', () => {
    const ids = predictionsOf(report, requirements).map(({ id }) => id)
    expect(ids).toEqual(['ttft-p95', 'e2e-p95', 'speed', 'cost-per-million-output-tokens'])
    const e2e = predictionsOf(report, requirements)[1]
    expect(e2e?.unit).toBe('s')
    expect(e2e?.value).toBeCloseTo((report.chosen?.targets[1]?.estimate.value ?? 0) / 1000, 9)
  })
})
