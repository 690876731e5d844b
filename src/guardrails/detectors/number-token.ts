// A run of digits with the separators people write between them, read once and judged by many rules.
// Knows no kind of number.

import { isDigit, isWord, oneOf } from '../characters.js'
import type { ScanText } from '../scan-text.js'

/** More digits than any number looked for has, so that a longer run is seen to be longer. */
const maxDigits = 21
const maxSeparator = 3

/** What stands before a digit: nothing, one character, or a closing bracket and perhaps one more, or something else. */
export type Separator = '' | ' ' | '-' | '.' | '/' | '(' | ')' | 'mixed'

export interface NumberToken {
  readonly digits: readonly number[]
  /** Index just after each digit. */
  readonly ends: readonly number[]
  /** What stands before each digit; `''` inside a group. */
  readonly separators: readonly Separator[]
  /** Which group each digit stands in, counting from 0. */
  readonly groups: readonly number[]
}

const isSeparator = oneOf(' -.()/')
const isOpening = oneOf('+(')
const closing = 41

const separatorOf = (first: number, length: number): Separator => {
  if (length === 0) return ''
  if (first === closing) return ')'
  return length === 1 ? (String.fromCharCode(first) as Separator) : 'mixed'
}

/** Reads digits from `at`, which may stand on `+`, `(` or `(+`; undefined when there are fewer than seven. */
export const readNumber = (text: ScanText, at: number): NumberToken | undefined => {
  const digits: number[] = []
  const ends: number[] = []
  const separators: Separator[] = []
  const groups: number[] = []
  let index = at
  let gap = 0
  let group = 0
  while (index - at < 2 && isOpening(text.at(index))) index++
  while (digits.length < maxDigits) {
    const code = text.at(index)
    if (isDigit(code)) {
      if (gap > 0) group++
      separators.push(separatorOf(text.at(index - gap), gap))
      digits.push(code - 48)
      ends.push(index + 1)
      groups.push(group)
      gap = 0
    } else if (isSeparator(code) && gap < maxSeparator && digits.length > 0) gap++
    else break
    index++
  }
  return digits.length >= 7 ? { digits, ends, separators, groups } : undefined
}

/** How many groups the first `count` digits stand in. */
export const groupCount = (token: NumberToken, count: number): number => (token.groups[count - 1] ?? -1) + 1

/** Sizes of the groups that the first `count` digits stand in. */
export const groupsOf = (token: NumberToken, count: number): readonly number[] => {
  const sizes = new Array<number>(groupCount(token, count)).fill(0)
  for (let i = 0; i < count; i++)
    sizes[token.groups[i] as number] = (sizes[token.groups[i] as number] ?? 0) + 1
  return sizes
}

/** Whether the number may end after `count` digits: no digit or letter follows directly. */
export const endsAfter = (text: ScanText, token: NumberToken, count: number): boolean => {
  const after = token.ends[count - 1]
  return after !== undefined && token.separators[count] !== '' && !isWord(text.at(after))
}

/** Whether the first `count` digits are separated by nothing but what is allowed. */
export const separatedBy = (token: NumberToken, count: number, allowed: readonly Separator[]): boolean => {
  for (let i = 1; i < count; i++) {
    const separator = token.separators[i] as Separator
    if (separator !== '' && !allowed.includes(separator)) return false
  }
  return count <= token.digits.length
}

export const plainSeparators: readonly Separator[] = [' ', '-', '.']

/**
 * Whether the first `count` digits are written as one number: whole, in at most five groups of three digits
 * or more but for the last, or every digit on its own.
 */
export const readsAsOne = (token: NumberToken, count: number): boolean => {
  const groups = groupCount(token, count)
  if ((groups > 5 && groups !== count) || !separatedBy(token, count, plainSeparators)) return false
  return groups === count || groupsOf(token, count).every((size, i) => size >= 3 || i === groups - 1)
}
