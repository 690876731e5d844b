// Recomputes the equations of a decision record from its own text: "a x b = c", with units, within the rounding that is
// shown. Knows no planner. Words between the numbers are skipped; a bracket without an operator is a remark.

const scales: Readonly<Record<string, number>> = {
  billion: 1e9,
  million: 1e6,
  TFLOP: 1e12,
  'TFLOP/s': 1e12,
  GB: 1e9,
  'GB/s': 1e9,
  GiB: 1024 ** 3,
  ms: 1e-3,
  '%': 0.01,
  bits: 1,
}

/** A number with the range that its rounding allows. */
interface Range {
  readonly low: number
  readonly high: number
}

/** Shown with three digits at the least, so one that shows fewer is as good as three. */
const rangeOf = (text: string, unit: string): Range => {
  const value = Number(text.replace(/[$,]/g, ''))
  const digits = Math.max(3, text.replace(/[^\d]/g, '').replace(/^0+/, '').length)
  const half = value === 0 ? 0.0005 : 0.5 * 10 ** (Math.floor(Math.log10(value)) - digits + 1)
  const scale = scales[unit] ?? 1
  // A whole number may have been rounded down: sequences, tokens.
  const slack = Number.isInteger(value) && digits === 3 && value >= 1 && value < 1000 ? 0 : half
  return { low: (value - slack) * scale, high: (value + half) * scale }
}

const combine = (a: Range, operator: string, b: Range): Range => {
  if (operator === '+') return { low: a.low + b.low, high: a.high + b.high }
  if (operator === '-') return { low: a.low - b.high, high: a.high - b.low }
  if (operator === 'x') return { low: a.low * b.low, high: a.high * b.high }
  return { low: a.low / b.high, high: a.high / b.low }
}

type Token = Range | string

const tokensOf = (text: string): Token[] => {
  const words = text.match(/[()]|\$?\d[\d,]*(?:\.\d+)?(?=[\s)]|$)|[^\s()]+/g) ?? []
  return words.flatMap((word, i): Token[] => {
    if (/^\$?\d[\d,]*(\.\d+)?$/.test(word)) return [rangeOf(word, words[i + 1] ?? '')]
    return /^[()x+/-]$/.test(word) ? [word] : []
  })
}

/** Terms of factors; a number without an operator before it ends the sum. */
const evaluate = (text: string): Range | null => {
  const tokens = tokensOf(text)
  let at = 0
  const atom = (): Range | null => {
    const token = tokens[at]
    if (token === '(') {
      at += 1
      const inner = sum()
      if (tokens[at] === ')') at += 1
      return inner
    }
    if (typeof token !== 'object') return null
    at += 1
    return token
  }
  const chain = (operators: readonly string[], next: () => Range | null): Range | null => {
    let left = next()
    while (left && operators.includes(String(tokens[at]))) {
      const operator = String(tokens[at])
      at += 1
      const right = next()
      left = right && combine(left, operator, right)
    }
    return left
  }
  const product = () => chain(['x', '/'], atom)
  const sum = (): Range | null => chain(['+', '-'], product)
  return sum()
}

const hasOperator = (text: string) => /(^|\s)[x+/-]\s/.test(text)
const withoutRemarks = (text: string) =>
  text.replace(/\(([^()]*)\)/g, (all, inner: string) => (hasOperator(inner) && /\d/.test(inner) ? all : ' '))

/** The sides of every equation of a line that has an operator. */
const equationsOf = (line: string): readonly (readonly [string, string])[] =>
  withoutRemarks(line)
    .replace(/^[^:]*: /, '')
    .split('; ')
    .flatMap((part) => {
      const sides = part.split(/ = /)
      return sides.slice(1).map((right, i) => [sides[i] ?? '', right] as const)
    })
    .filter(([left]) => hasOperator(left))

/** The lines of the record's arithmetic with an operator and a result. */
export const equationLines = (record: string): readonly string[] => {
  const section = /^## The arithmetic$(.*?)^## /ms.exec(record)?.[1] ?? ''
  return section.split('\n').filter((line) => line.startsWith('- ') && equationsOf(line.slice(2)).length > 0)
}

const comesOut = ([left, right]: readonly [string, string]): boolean => {
  const wanted = evaluate(left)
  // Only the first number of the right side is the result.
  const found = tokensOf(right).find((token) => typeof token === 'object')
  if (!wanted || !found || typeof found === 'string') return false
  return wanted.low <= found.high * (1 + 1e-9) && found.low <= wanted.high * (1 + 1e-9)
}

/** @returns the lines whose equations do not come out */
export const unequalIn = (record: string): readonly string[] =>
  equationLines(record).filter((line) => !equationsOf(line.slice(2)).every(comesOut))
