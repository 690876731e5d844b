// A run of digits with the separators people write between them, read once and judged by many rules.
// Knows no kind of number.

import { isDigit, isWord, oneOf } from '../characters.js'
import type { ScanText } from '../scan-text.js'

/** More digits than any number looked for has, so that a longer run is seen to be longer. */
const maxDigits = 21
const maxSeparator = 3

export interface NumberToken {
  readonly digits: readonly number[]
  /** Index just after each digit. */
  readonly ends: readonly number[]
  /** What stands before each digit: `''` inside a group. */
  readonly separators: readonly string[]
}

const isSeparator = oneOf(' -.()/')

const isOpening = oneOf('+(')

/** Reads digits from `at`, which may stand on `+`, `(` or `(+`; undefined when no digit follows. */
export const readNumber = (text: ScanText, at: number): NumberToken | undefined => {
  const digits: number[] = []
  const ends: number[] = []
  const separators: string[] = []
  let index = at
  let separator = ''
  while (index - at < 2 && isOpening(text.at(index))) index++
  while (digits.length < maxDigits) {
    const code = text.at(index)
    if (isDigit(code)) {
      digits.push(code - 48)
      ends.push(index + 1)
      separators.push(separator)
      separator = ''
    } else if (isSeparator(code) && separator.length < maxSeparator && digits.length > 0)
      separator += String.fromCharCode(code)
    else break
    index++
  }
  return digits.length > 0 ? { digits, ends, separators } : undefined
}

/** Sizes of the groups that the first `count` digits stand in. */
export const groupsOf = (token: NumberToken, count: number): readonly number[] => {
  const groups: number[] = []
  for (let i = 0; i < count; i++)
    if (i === 0 || token.separators[i] !== '') groups.push(1)
    else groups[groups.length - 1] = (groups[groups.length - 1] ?? 0) + 1
  return groups
}

/** Whether the number may end after `count` digits: no digit or letter follows directly. */
export const endsAfter = (text: ScanText, token: NumberToken, count: number): boolean => {
  const after = token.ends[count - 1]
  return after !== undefined && token.separators[count] !== '' && !isWord(text.at(after))
}

/** Whether the first `count` digits are separated by nothing but single characters of `allowed`. */
export const separatedBy = (token: NumberToken, count: number, allowed: string): boolean =>
  token.separators
    .slice(1, count)
    .every((separator) => separator === '' || (separator.length === 1 && allowed.includes(separator)))

/**
 * Whether the first `count` digits are written as one number: whole, in at most five groups of three digits
 * or more but for the last, or every digit on its own.
 */
export const readsAsOne = (token: NumberToken, count: number): boolean => {
  if (!separatedBy(token, count, ' -.')) return false
  const groups = groupsOf(token, count)
  return (
    groups.every((size) => size === 1) ||
    (groups.length <= 5 && groups.every((size, i) => size >= 3 || i === groups.length - 1))
  )
}
