// The text of a `config.json` as JSON. Python writes `Infinity` and `NaN`, which JSON does not know. Knows no field.

import { catalogError } from '../messages.js'
import { type ReadConfig, readConfig } from './read-model-config.js'

/**
 * @param file as whoever asked calls it, for errors
 * @throws `catalog.config-not-a-model`, `catalog.config-broken` as `readConfig` does
 */
export const readConfigText = (text: string, file?: string): ReadConfig => readConfig(parse(text, file), file)

const parse = (text: string, file = 'config.json'): unknown => {
  try {
    return JSON.parse(text.replace(/(?<=[[,:]\s*)(-?Infinity|NaN)(?=\s*[\],}])/g, 'null'))
  } catch {
    throw catalogError('catalog.config-not-a-model', { file, reason: 'not-json' })
  }
}
