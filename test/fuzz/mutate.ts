// Seeded mutations of a good body: of its values, of its text, of its bytes; and bodies that never were good.

import type { Random } from '../../src/core/index.js'

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

/** Stands in the text of a body for numbers that JavaScript could not write. */
const rawNumbers = [
  '1e999',
  '-1e999',
  '1e-999',
  '-0',
  '123456789012345678901234567890',
  '0.1e+1',
  '9007199254740993',
]
const rawMark = '@raw@'

const strings = [
  '',
  ' ',
  '\0',
  '\ud800',
  '\u202e\ufeff',
  '你好 🏦',
  '__proto__',
  'constructor',
  '../../etc/passwd',
  'data:;base64,%%%',
  'data:image/png;base64,AAAA',
  'auto',
  'user',
  'x'.repeat(5_000),
]

const anyValue = (random: Random, depth = 0): Json => {
  const kind = random.integer(depth > 3 ? 6 : 9)
  if (kind === 0) return null
  if (kind === 1) return random.next() < 0.5
  if (kind === 2) return random.pick([0, -1, 0.5, 1e9, -1e15, Number.MAX_SAFE_INTEGER, 2 ** 31])
  if (kind === 3) return random.pick(strings)
  if (kind === 4) return rawMark + random.integer(rawNumbers.length)
  if (kind === 5) return random.pick<Json>([[], {}, [[]], [{}], [null]])
  if (kind === 6) return Array.from({ length: random.integer(4) }, () => anyValue(random, depth + 1))
  if (kind === 7) return nested(random.integer(200), random.next() < 0.5)
  return Object.fromEntries(
    Array.from({ length: random.integer(4) }, () => [
      random.pick(['type', 'text', 'content', 'role', 'id', 'name', ...strings]),
      anyValue(random, depth + 1),
    ]),
  )
}

const nested = (depth: number, inArrays: boolean): Json => {
  let value: Json = 1
  for (let i = 0; i < depth; i++) value = inArrays ? [value] : { a: value }
  return value
}

/** Every place of a document: its holder and its name there. */
const placesOf = (value: Json): { holder: Record<string, Json>; name: string }[] =>
  value === null || typeof value !== 'object'
    ? []
    : Object.keys(value).flatMap((name) => {
        const holder = value as Record<string, Json>
        return [{ holder, name }, ...placesOf(holder[name] as Json)]
      })

/** Changes a document in one to three places. */
const mutateValue = (random: Random, value: Json): Json => {
  for (let times = 1 + random.integer(3); times > 0; times--) {
    const places = placesOf(value)
    if (places.length === 0) return anyValue(random)
    const { holder, name } = random.pick(places)
    const kind = random.integer(6)
    const before = holder[name] as Json
    if (kind === 0) delete holder[name]
    else if (kind === 1) holder[name] = [before, before]
    else if (kind === 2) holder[name] = { [name]: before }
    else if (kind === 3 && Array.isArray(before)) holder[name] = [...before, ...before, anyValue(random)]
    else if (kind === 4 && !Array.isArray(holder)) holder[random.pick(strings)] = anyValue(random)
    else holder[name] = anyValue(random)
  }
  return value
}

const textOf = (value: Json): string =>
  JSON.stringify(value)?.replace(
    new RegExp(`"${rawMark}(\\d)"`, 'g'),
    (_, i) => rawNumbers[Number(i)] ?? '0',
  ) ?? ''

/** Changes the text of a document: most are no JSON afterwards. */
const mutateText = (random: Random, text: string): string => {
  const at = random.integer(text.length + 1)
  const kind = random.integer(6)
  if (kind === 0) return text.slice(0, at)
  if (kind === 1)
    return `${text.slice(0, at)}${random.pick(['"', '{', '}', ',', '\\', '\n', '//', "'"])}${text.slice(at)}`
  if (kind === 2) return `\ufeff${text}`
  if (kind === 3) return `${text}${random.pick([' ', '\n', 'x', text])}`
  if (kind === 4) return text.replace('{', () => `{${duplicated(random)},`)
  return text.replaceAll(':', ' :\t').replaceAll(',', '\r\n,')
}

const duplicated = (random: Random) =>
  `"${random.pick(['model', 'messages', 'stream', 'input', 'contents', '__proto__'])}":${textOf(anyValue(random))}`

const garbage = (random: Random): Buffer => {
  const kind = random.integer(4)
  if (kind === 0) return Buffer.from(Array.from({ length: random.integer(64) }, () => random.integer(256)))
  if (kind === 1) return Buffer.from('['.repeat(1 + random.integer(2_000)))
  if (kind === 2) return Buffer.from('{"a":'.repeat(1 + random.integer(2_000)))
  return Buffer.from(textOf(anyValue(random)))
}

/** One body, different for each state of `random`. @param good what the endpoint takes */
export const fuzzedBody = (random: Random, good: readonly object[]): Buffer => {
  const kind = random.integer(20)
  if (kind === 0) return garbage(random)
  const value = structuredClone(random.pick(good)) as Json
  if (kind === 1) return Buffer.from(textOf(value))
  const text = textOf(mutateValue(random, value))
  if (kind === 2) return Buffer.from(mutateText(random, text))
  const bytes = Buffer.from(text)
  if (kind === 3 && bytes.length > 0) bytes[random.integer(bytes.length)] = random.integer(256)
  return bytes
}
