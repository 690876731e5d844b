// Checks the texts inside a JSON value. A secret in a tool call's arguments may be escaped (a\u0040b.c) or a bare
// number; checked as text it would be missed, and redacted as text it would leave broken JSON.

import type { Verdict } from '../guardrails/index.js'

export type CheckText = (text: string) => Verdict

/** The value with its texts, keys included, as the check leaves them; the value itself when it changes none. */
export const guardJson = (value: unknown, check: CheckText): unknown => {
  if (typeof value === 'string') return guardText(value, check)
  if (typeof value === 'number') {
    const text = String(value)
    const checked = guardText(text, check)
    return checked === text ? value : checked
  }
  if (Array.isArray(value)) {
    const checked = value.map((item) => guardJson(item, check))
    return checked.every((item, i) => item === value[i]) ? value : checked
  }
  if (value === null || typeof value !== 'object') return value
  const checked = Object.entries(value).map(
    ([key, inner]) => [guardText(key, check), guardJson(inner, check)] as const,
  )
  const isSame = Object.entries(value).every(
    ([key, inner], i) => checked[i]?.[0] === key && checked[i]?.[1] === inner,
  )
  return isSame ? value : Object.fromEntries(checked)
}

/** JSON text with its texts checked; text that is no JSON is checked as it stands. The same text when unchanged. */
export const guardJsonText = (text: string, check: CheckText): string => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return guardText(text, check)
  }
  const checked = guardJson(value, check)
  // A number too long for a double was rounded by the parser; only its text shows all digits.
  return checked === value ? guardText(text, check) : JSON.stringify(checked)
}

const guardText = (text: string, check: CheckText) => {
  if (text === '') return text
  const verdict = check(text)
  return verdict.action === 'allow' ? text : verdict.text
}
