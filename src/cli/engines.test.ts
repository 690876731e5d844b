// The engine `local` as a deployment opens it, in its real process.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type Log, silentLog, systemClock } from '../core/index.js'
import { sampleModel } from '../llm/index.js'
import { architectureSchema, type Deployment } from '../spec/index.js'
import { openLocalModel } from './engines.js'

vi.setConfig({ testTimeout: 60_000 })

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'engines-'))
  await writeFile(join(directory, 'small.gguf'), sampleModel({ width: 32, layers: 1 }).file)
})
afterEach(() => rm(directory, { recursive: true, force: true }))

it('a context above what a model was trained on is told once it is loaded, with both numbers', async () => {
  const warned = async (contextLength: number) => {
    const warnings: unknown[] = []
    const log: Log = { ...silentLog, warn: (...said: unknown[]) => void warnings.push(...said) }
    const [deployment] = architectureSchema.parse({
      version: 1,
      name: 'test',
      deployments: [
        {
          id: 'small',
          engine: 'local',
          model: './small.gguf',
          contextLength,
          options: { threads: 1, sequences: 1, gpu: false },
        },
      ],
      routes: [{ name: 'chat', strategy: { deployment: 'small' } }],
    }).deployments as [Deployment]
    const model = await openLocalModel({
      deployment,
      facts: { contextLength, tools: false, vision: false, languages: ['en'], priceKey: 'small' },
      directory,
      modelsDirectory: directory,
      environment: process.env,
      log,
      clock: systemClock,
    })
    await model.ready
    await model.close()
    return warnings
  }
  expect(await warned(9000)).toEqual([
    { deployment: 'small', contextLength: 9000, trainedContextLength: 2048 },
    'contextLength is 9000, and the model was trained on 2048: it gets 2048',
  ])
  expect(await warned(2048)).toEqual([])
})
