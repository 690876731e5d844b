import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { requirementsSchema } from '../spec/index.js'
import { packageFile } from './package-file.js'
import { readTaskModels } from './task-models.js'

const directory = mkdtempSync(join(tmpdir(), 'task-models-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))
const folder = join(directory, 'models', 'banking-intents')
beforeEach(() => {
  rmSync(folder, { recursive: true, force: true })
  cpSync(packageFile('examples/bank-support/models/banking-intents'), folder, { recursive: true })
})

const task = (id: string) => ({ id, description: 'x', tool: 'banking_intent' })
const requirements = requirementsSchema.parse({
  version: 1,
  name: 'bank',
  useCase: { kind: 'chat', description: 'x', tasks: [task('not-trained'), task('banking-intents')] },
  performance: {},
  scale: {
    peakRequestsPerSecond: 1,
    lengths: { inputTokens: { p50: 1, p95: 2 }, outputTokens: { p50: 1, p95: 2 } },
  },
})
const change = (name: string, edit: (text: string) => string) =>
  writeFileSync(join(folder, name), edit(readFileSync(join(folder, name), 'utf8')))

describe('readTaskModels', () => {
  it('finds what the training left, and nothing where nothing was trained', async () => {
    const models = await readTaskModels(requirements, directory)
    expect(models).toHaveLength(1)
    expect(models[0]).toMatchObject({
      task: 'banking-intents',
      weights: './models/banking-intents/banking-intents.gguf',
      languages: ['en'],
      outOfScope: { intent: 'out_of_scope' },
      parameters: 3_049_216,
    })
    const { accuracy, linearAccuracy, escalateBelow } = models[0] ?? {
      accuracy: { value: 0, low: 0, high: 0 },
    }
    expect(accuracy.low).toBeLessThan(accuracy.value)
    expect(accuracy.value).toBeLessThan(accuracy.high)
    expect(linearAccuracy?.value).toBeGreaterThan(0.5)
    expect(escalateBelow).toBeGreaterThan(0)
  })

  it.each([
    ['task.json', (text: string) => text.replace('"escalateBelow"', '"escalate"')],
    ['metrics.json', () => '{'],
  ] as const)('says what is wrong with %s', async (name, edit) => {
    change(name, edit)
    await expect(readTaskModels(requirements, directory)).rejects.toMatchObject({
      code: 'cli.task-file-invalid',
      params: { path: join(folder, name) },
    })
  })

  it('refuses weights that are none', async () => {
    change('banking-intents.gguf', () => 'GGUF?')
    await expect(readTaskModels(requirements, directory)).rejects.toMatchObject({
      code: 'weights.header-unreadable',
    })
  })
})
