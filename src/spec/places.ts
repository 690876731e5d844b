// Places where data may be processed: ISO 3166 codes of countries and their parts, and the two unions that laws
// speak of. The names come from the Unicode data of the runtime.

import { suggest } from '../core/index.js'

/** Member states of the European Union, 2026; the economic area adds three. */
const eu = 'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' ')
const members: ReadonlyMap<string, readonly string[]> = new Map([
  ['EU', eu],
  ['EEA', [...eu, 'EU', 'IS', 'LI', 'NO']],
])
const unions = [...members.keys()]
/** Codes that Unicode knows and ISO 3166 does not: groups, dissolved countries, placeholders, test locales. */
const noCountries = new Set([
  'AN',
  'BU',
  'CS',
  'DD',
  'EU',
  'EZ',
  'FX',
  'NT',
  'QO',
  'SU',
  'TP',
  'UK',
  'UN',
  'XA',
  'XB',
  'YD',
  'YU',
  'ZR',
  'ZZ',
])
const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
const english = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' })
const chinese = new Intl.DisplayNames(['zh-TW'], { type: 'region', fallback: 'none' })

const isCountry = (code: string): boolean =>
  /^[A-Z]{2}$/.test(code) && !noCountries.has(code) && english.of(code) !== undefined

/** `TW`, `US-CA`, `EU`; codes in capitals, as they are compared. */
export const isPlace = (text: string): boolean => {
  const [country = '', part] = text.split('-')
  if (part === undefined) return unions.includes(text) || isCountry(country)
  return isCountry(country) && /^[A-Z0-9]{1,3}$/.test(part) && text.split('-').length === 2
}

/** Whether all of `place` lies in `area`: `FR` in `EU`, `US-CA` in `US`, `EU` in `EEA`. */
export const isWithin = (place: string, area: string): boolean => {
  const [country = ''] = place.split('-')
  return place === area || country === area || (members.get(area) ?? []).includes(country)
}

/** The code that a writer of `text` most likely meant, by its name in English or Chinese. */
export const placeNamed = (text: string): string | undefined => {
  const code = text.trim().toUpperCase()
  if (isPlace(code)) return code
  if (code === 'UK') return 'GB'
  const codes = letters.flatMap((a) => letters.map((b) => a + b)).filter(isPlace)
  const names = new Map(
    codes.flatMap((each) => [english, chinese].map((display) => [display.of(each) ?? each, each] as const)),
  )
  const name = suggest(text.trim(), names.keys())
  return name === undefined ? undefined : names.get(name)
}
