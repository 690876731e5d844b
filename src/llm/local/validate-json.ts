// Whether a value follows a JSON schema. Runs for a second at most: a schema's `pattern` is a client's regular
// expression, and some of those never end.

import { createContext, Script } from 'node:vm'
import type { Ajv2020 } from 'ajv/dist/2020.js'
import { llmError } from '../messages.js'
import { objectOf } from '../wire/fields.js'

/** @returns what is wrong, undefined when nothing is */
export type SchemaCheck = (value: unknown) => string | undefined

/** ajv, handed in by the process that needs it. */
export type SchemaValidator = typeof Ajv2020

export type CompileSchema = (schema: unknown) => SchemaCheck

const limitMs = 1000

/** @returns what compiles a schema; throws `llm.schema-invalid` when it is none */
export const createSchemaCompiler =
  (Validator: SchemaValidator): CompileSchema =>
  (schema) => {
    // A schema may name any draft; its keywords are read as those of 2020-12.
    const { $schema: _draft, $id: _id, ...rest } = objectOf(schema ?? {}) ?? {}
    const ajv = new Validator({
      strict: false,
      validateFormats: false,
      logger: false,
      multipleOfPrecision: 9,
    })
    const validate = compiled(ajv, rest)
    const sandbox = createContext({ run: undefined as unknown })
    const script = new Script('run()')
    return (value) => {
      let isValid = false
      sandbox.run = () => {
        isValid = validate(value) as boolean
      }
      script.runInContext(sandbox, { timeout: limitMs })
      return isValid ? undefined : ajv.errorsText(validate.errors, { dataVar: 'answer' })
    }
  }

const compiled = (ajv: Ajv2020, schema: object) => {
  try {
    return ajv.compile(schema)
  } catch (cause) {
    throw llmError('llm.schema-invalid', { detail: (cause as Error).message }, { cause })
  }
}
