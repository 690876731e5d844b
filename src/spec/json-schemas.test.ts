import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { draftRequirements } from './draft-requirements.js'
import { jsonSchemas } from './json-schemas.js'

describe('the JSON Schemas', () => {
  it.each(['requirements', 'architecture'] as const)(
    'of %s stand in schemas/ as generated (npm run schemas)',
    (name) => {
      expect(JSON.parse(readFileSync(`schemas/${name}.schema.json`, 'utf8'))).toEqual(
        JSON.parse(JSON.stringify(jsonSchemas()[name])),
      )
    },
  )

  it('accept a draft and refuse an unknown key', () => {
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(
      jsonSchemas().requirements,
    )
    const draft = parse(draftRequirements({ name: 'first', kind: 'chat', peakRequestsPerSecond: 2 }))
    expect(validate(draft)).toBe(true)
    expect(validate({ ...draft, unknown: 1 })).toBe(false)
  })
})
