// Tasks in a design: their models come first, and what they do not know goes on to the model that talks.

import { describe, expect, it } from 'vitest'
import { loadCatalogue } from '../../catalog/index.js'
import { type Architecture, formatArchitecture, parseArchitecture } from '../../spec/index.js'
import { requirementsOf, targetOf } from '../__fixtures__/requirements-of.js'
import { assess } from '../assessment/assess.js'
import { design } from '../design.js'
import { designForMachine } from './design-for-machine.js'
import type { TaskModel } from './task-model.js'

const catalogue = loadCatalogue()
const share = (value: number) => ({ value, low: value - 0.01, high: value + 0.01 })
const intents: TaskModel = {
  task: 'intents',
  weights: './models/intents/model.gguf',
  bytes: 8e6,
  parameters: 4e6,
  outOfScope: { intent: 'none' },
  languages: ['en'],
  escalateBelow: 0.7,
  contextLength: 512,
  accuracy: share(0.9),
  linearAccuracy: share(0.8),
}
const task = { id: 'intents', description: 'Sorts questions.', tool: 'intent' }
const requirements = requirementsOf({
  useCase: { kind: 'rag-qa', description: 'Questions.', knowledge: { source: './handbook/' }, tasks: [task] },
  performance: { targets: [targetOf('ttft', 800, { id: 'ttft-p95' })] },
  // Which model talks is not the question, so few are searched.
  models: { allowed: ['Llama-3.1-8B-Instruct'] },
  hosting: { allowed: ['self-hosted'] },
})
const gapsAbout = (models: readonly TaskModel[]) =>
  assess(requirements, catalogue, models).gaps.filter(({ path }) => path === 'useCase.tasks[0]')
const architectures = new Map<readonly TaskModel[], Architecture | null>()
/** Made once for each list. */
const designed = (taskModels: readonly TaskModel[]) => {
  const assessment = assess(requirements, catalogue)
  const made =
    architectures.get(taskModels) ?? design({ requirements, assessment, catalogue, taskModels }).architecture
  architectures.set(taskModels, made)
  return made
}
const trained = [intents]
const untrained: readonly TaskModel[] = []
const here = (taskModels: readonly TaskModel[]) =>
  designForMachine({
    requirements,
    machine: {
      cores: 2,
      memoryGiB: 16,
      cpuModel: 'x',
      instructionSets: [],
      accelerators: [],
      engines: [],
      apiKeys: [],
      speedScore: 1,
    },
    catalogue,
    production: designed(taskModels),
    taskModels,
  }).architecture

describe('a task with a trained model', () => {
  it.each([
    ['for the real load', designed],
    ['for this machine', here],
  ])('is asked first in the design %s, on the processor', (_where, make) => {
    const architecture = make(trained)
    const [first, main] = architecture?.deployments ?? []
    expect(first).toMatchObject({
      id: 'intents',
      engine: 'local',
      model: './models/intents/model.gguf',
      contextLength: 512,
      languages: ['en'],
      options: { temperature: 0 },
      task: { tool: 'intent', outOfScope: { intent: 'none' } },
    })
    expect(architecture?.routes[0]?.strategy).toEqual({
      cascade: { strategies: [{ deployment: 'intents' }, { deployment: main?.id }], escalateBelow: 0.7 },
    })
    if (architecture)
      expect(parseArchitecture(formatArchitecture(architecture), 'a.yaml')).toEqual(architecture)
  })

  it('does not become what the stand-in stands for', () => {
    expect(here(trained)?.deployments[1]?.standsFor).toBe(here(untrained)?.deployments[0]?.standsFor)
  })

  it('is questioned where a linear classifier does it as well', () => {
    expect(gapsAbout([intents])).toEqual([])
    const [gap] = gapsAbout([{ ...intents, linearAccuracy: share(0.9) }])
    expect(gap?.question.code).toBe('planner.ask-linear')
    expect(gap?.question.params).toMatchObject({ id: 'intents', accuracy: share(0.9), linear: share(0.9) })
  })
})

describe('a task without a model', () => {
  it('is left to the model that talks, and asked about', () => {
    expect(here(untrained)?.deployments.map(({ engine }) => engine)).toEqual(['extractive'])
    expect(designed(untrained)?.routes[0]?.strategy).toHaveProperty('deployment')
    expect(gapsAbout([]).map(({ question }) => question.code)).toEqual(['planner.ask-task-model'])
  })
})
