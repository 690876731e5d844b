// Numbers with their nouns in English. Chinese needs none of it.

import { formatNumber } from './units.js'

/** `1 replica`, `2 replicas`, `1,200 replicas`; as shown, so that 1.00001 is one too. */
export const counted = (count: number, one: string, many = `${one}s`, digits = 4): string => {
  const shown = formatNumber(count, digits)
  return `${shown} ${shown === '1' ? one : many}`
}

/** The word that agrees with a count: `agreeing(1, 'carries', 'carry')`. */
export const agreeing = (count: number, one: string, many: string): string => (count === 1 ? one : many)
