import { expect, it } from 'vitest'
import { printable } from './printable.js'

it.each([
  ['費用 fees.md', '費用 fees.md'],
  ['a\nb\r\tc.md', 'a\\nb\\r\\tc.md'],
  ['a\u001b[31m.md', 'a\\u001b[31m.md'],
  ['a\u202e\u2028.md', 'a\\u202e\\u2028.md'],
])('%j is one line of a terminal', (name, shown) => {
  expect(printable(name)).toBe(shown)
})
