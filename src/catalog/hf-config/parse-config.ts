// The text of a `config.json` as JSON. Python writes `Infinity` and `NaN`, which JSON does not know. Knows no field.

import { catalogError } from '../messages.js'
import { type ReadConfig, readConfig } from './read-model-config.js'

/** @throws `catalog.config-not-a-model`, `catalog.config-incomplete` as `readConfig` does */
export const readConfigText = (text: string): ReadConfig => readConfig(parse(text))

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text.replace(/(?<=[[,:]\s*)(-?Infinity|NaN)(?=\s*[\],}])/g, 'null'))
  } catch {
    throw catalogError('catalog.config-not-a-model', { reason: 'not JSON' })
  }
}
