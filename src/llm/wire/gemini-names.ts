// The two spellings of Gemini's field names: the API takes `systemInstruction` and `system_instruction`, mixed as the
// client likes. Knows no fields of its own.

import { type Fields, unreadable } from './fields.js'

/**
 * The object with its known names in camel case; other names stay as they came. A null is an absent field here, as in
 * all JSON forms of protocol buffers, and is left out.
 * @param known names in camel case
 * @param at where the object stands, with a dot at its end; '' for the body
 * @throws `llm.request-unreadable` for a field that is there in both spellings
 */
export const readNames = (fields: Fields, known: ReadonlySet<string>, at: string): Fields => {
  const read: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) {
    if (value === null) continue
    const camel = name.includes('_') ? camelCase(name) : name
    const kept = known.has(camel) ? camel : name
    if (Object.hasOwn(read, kept)) unreadable(at + kept, 'given once, in one of its two spellings')
    read[kept] = value
  }
  return read
}

const camelCase = (name: string) =>
  name.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase())
