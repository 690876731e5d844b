// Pieces of llama.cpp's grammar notation: https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md.

/** A literal of a text. */
export const literal = (text: string): string =>
  JSON.stringify(text).replaceAll('\\b', '\\x08').replaceAll('\\f', '\\x0C')

/** llama.cpp unrolls repetitions; beyond this a grammar leaves the number open. */
const maxRepetitions = 500

/** What is written behind an expression that occurs so often. */
export const repetition = (min: number, max: number | undefined): string => {
  const low = Math.min(min, maxRepetitions)
  if (max === undefined || max > maxRepetitions) return low === 0 ? '*' : `{${low},}`
  return `{${low},${Math.max(low, max)}}`
}

/** One of several expressions; undefined where there is none. */
export const anyOf = (expressions: readonly (string | undefined)[]): string | undefined => {
  const possible = expressions.filter((expression) => expression !== undefined)
  return possible.length > 1 ? `(${possible.join(' | ')})` : possible[0]
}

/** One expression after the other; undefined where one of them is. */
export const sequenceOf = (...expressions: readonly (string | undefined)[]): string | undefined =>
  expressions.includes(undefined)
    ? undefined
    : expressions.filter((expression) => expression !== '').join(' ')
