// Schemas that a grammar holds a model to, whatever it would rather say: llama.cpp with a model of random weights.

import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createLocalProcesses, type LoadedModel, type LocalProcesses } from './__fixtures__/local-process.js'
import { randomModel } from './__fixtures__/tiny-models.js'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

const format = { type: 'json-schema', name: 'wanted' } as const
let processes: LocalProcesses
let random: LoadedModel

beforeAll(async () => {
  processes = await createLocalProcesses()
  random = processes.load(await processes.write('random.gguf', randomModel()))
  await random.model.ready
})
afterAll(() => processes.close())

describe('an answer', () => {
  it.each([
    { type: 'string', pattern: '^[A-Z]{2}-\\d{4}$' },
    { type: 'string', pattern: '^(card|loan|臺灣)s?$' },
    { type: 'string', pattern: '^[^"]{1,4}["\\\\]$' },
    { type: 'number', minimum: 0, maximum: 1 },
    { type: 'number', exclusiveMinimum: -0.5, exclusiveMaximum: 12.25 },
    { type: 'integer', multipleOf: 7 },
    { type: 'number', multipleOf: 0.01, minimum: 0 },
    { type: 'object', required: ['kind'], additionalProperties: { type: 'boolean' } },
    { type: 'array', prefixItems: [{ const: 1 }], minItems: 2, maxItems: 2 },
  ])('keeps to %j', async (wanted) => {
    const validate = new Ajv2020({ multipleOfPrecision: 9, strictTuples: false }).compile(wanted)
    for (let seed = 0; seed < 3; seed++) {
      const responseFormat = { ...format, schema: wanted }
      const { choices } = await random.ask('hello', { responseFormat, temperature: 1, seed })
      const value = JSON.parse(choices[0]?.text ?? '')
      expect(validate(value), `${choices[0]?.text}: ${JSON.stringify(validate.errors)}`).toBe(true)
    }
  })

  it.each([
    [{ type: 'string', pattern: '^(?=a)b$' }, 'pattern'],
    [{ type: 'number', multipleOf: 1.5 }, 'multipleOf'],
    [{ type: 'number', exclusiveMinimum: 1, maximum: 1 }, 'bounds'],
  ])('is refused before anything is computed where no grammar says %j', async (wanted, named) => {
    await expect(
      random.ask('hello', { responseFormat: { ...format, schema: wanted } }),
    ).rejects.toMatchObject({
      code: 'llm.schema-not-supported',
      params: { what: expect.stringContaining(named) },
    })
  })
})
