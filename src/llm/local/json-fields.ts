// A JSON object from text that may be anything.

import { type Fields, objectOf } from '../wire/fields.js'

/** The object that the text says, undefined when it says none. */
export const fieldsOf = (text: string): Fields | undefined => {
  try {
    return objectOf(JSON.parse(text))
  } catch {
    return undefined
  }
}
