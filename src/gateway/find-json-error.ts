// Finds where a text stops being JSON (RFC 8259), for a message a person can act on. Runs only after
// JSON.parse has refused the text, whose own message names no position for most errors.

export type JsonExpectation = 'value' | 'key' | 'colon' | 'comma' | 'end' | 'string' | 'escape' | 'number'

export interface JsonFault {
  /** UTF-16 offset into the text, from 0. */
  readonly position: number
  /** From 1. */
  readonly line: number
  readonly column: number
  readonly expected: JsonExpectation
}

type State = 'value' | 'first-value' | 'key' | 'first-key' | 'colon' | 'comma' | 'end'

/** Where and how the text is not JSON; undefined when it is. Linear, and no recursion: depth costs no stack. */
export const findJsonError = (text: string): JsonFault | undefined => {
  const stack: ('{' | '[')[] = []
  let state: State = 'value'
  let at = 0
  const afterValue = (): State => (stack.length === 0 ? 'end' : 'comma')
  for (;;) {
    while (isSpace(text.charCodeAt(at))) at++
    const character = text[at]
    if (character === undefined) return state === 'end' ? undefined : faultAt(text, at, expectationOf(state))
    if (state === 'colon') {
      if (character !== ':') return faultAt(text, at, 'colon')
      state = 'value'
      at++
    } else if (state === 'comma') {
      const open = stack.at(-1)
      if (character === ',') state = open === '{' ? 'key' : 'value'
      else if (character === (open === '{' ? '}' : ']')) {
        stack.pop()
        state = afterValue()
      } else return faultAt(text, at, 'comma')
      at++
    } else if (state === 'end') return faultAt(text, at, 'end')
    else if ((character === '}' && state === 'first-key') || (character === ']' && state === 'first-value')) {
      stack.pop()
      state = afterValue()
      at++
    } else if (state === 'key' || state === 'first-key') {
      if (character !== '"') return faultAt(text, at, 'key')
      const end = stringEnd(text, at)
      if (end.fault) return faultAt(text, end.at, end.fault)
      at = end.at
      state = 'colon'
    } else if (character === '{' || character === '[') {
      stack.push(character)
      state = character === '{' ? 'first-key' : 'first-value'
      at++
    } else {
      const end = scalarEnd(text, at)
      if (end.fault) return faultAt(text, end.at, end.fault)
      at = end.at
      state = afterValue()
    }
  }
}

interface End {
  readonly at: number
  readonly fault?: JsonExpectation
}

const isSpace = (code: number) => code === 32 || code === 10 || code === 13 || code === 9

const expectationOf = (state: Exclude<State, 'end'>): JsonExpectation =>
  state === 'first-value' ? 'value' : state === 'first-key' ? 'key' : state

const scalarEnd = (text: string, at: number): End => {
  if (text[at] === '"') return stringEnd(text, at)
  for (const word of ['true', 'false', 'null']) if (text.startsWith(word, at)) return { at: at + word.length }
  if (!/[-\d]/.test(text[at] ?? '')) return { at, fault: 'value' }
  const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
  number.lastIndex = at
  const found = number.exec(text)
  const end = at + (found?.[0].length ?? 0)
  return !found || /[\d.eE+-]/.test(text[end] ?? '') ? { at: end, fault: 'number' } : { at: end }
}

const stringEnd = (text: string, start: number): End => {
  for (let at = start + 1; ; at++) {
    const code = text.charCodeAt(at)
    if (Number.isNaN(code) || code < 0x20) return { at: Math.min(at, text.length), fault: 'string' }
    if (code === 0x22) return { at: at + 1 }
    if (code !== 0x5c) continue
    const escaped = text[at + 1] ?? ''
    if (
      escaped === 'u'
        ? !/^[\da-fA-F]{4}$/.test(text.slice(at + 2, at + 6))
        : !'"\\/bfnrt'.includes(escaped || ' ')
    )
      return { at, fault: 'escape' }
    at += escaped === 'u' ? 5 : 1
  }
}

const faultAt = (text: string, position: number, expected: JsonExpectation): JsonFault => {
  const before = text.slice(0, position)
  const lineStart = before.lastIndexOf('\n') + 1
  return { position, line: before.split('\n').length, column: position - lineStart + 1, expected }
}
