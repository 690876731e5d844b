import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { createSchemaCompiler } from './validate-json.js'

const compile = createSchemaCompiler(Ajv2020)

describe('a schema check', () => {
  it('passes what follows the schema, and says what does not', () => {
    const check = compile({
      type: 'object',
      properties: { n: { type: 'integer', maximum: 9 } },
      required: ['n'],
    })
    expect(check({ n: 9 })).toBeUndefined()
    expect(check({ n: 10 })).toContain('answer/n must be <= 9')
    expect(check({})).toContain('n')
  })

  it('takes schemas of older drafts, and formats it does not know', () => {
    const check = compile({
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'string',
      format: 'no-such-format',
    })
    expect(check('x')).toBeUndefined()
    expect(check(1)).toBeDefined()
  })

  it('what is no schema is refused', () => {
    expect(() => compile({ type: 'nothing' })).toThrow(
      expect.objectContaining({ code: 'llm.schema-invalid' }),
    )
  })

  it('a pattern that never ends is given up', () => {
    const check = compile({ type: 'string', pattern: '^(a+)+$' })
    expect(() => check(`${'a'.repeat(64)}!`)).toThrow(/timed out/)
  })
})
