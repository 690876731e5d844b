// Writes the JSON Schemas of the two files for editors; a test compares them with the zod schemas.

import { mkdirSync, writeFileSync } from 'node:fs'
import { jsonSchemas } from '../dist/spec/json-schemas.js'

mkdirSync('schemas', { recursive: true })
for (const [name, schema] of Object.entries(jsonSchemas()))
  writeFileSync(`schemas/${name}.schema.json`, `${JSON.stringify(schema, null, 2)}\n`)
