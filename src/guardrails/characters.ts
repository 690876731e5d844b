// Classes of character codes. ASCII only, because what is looked for is ASCII: a Chinese character beside a
// number is no letter, so that a number is found between Chinese characters as well as between blanks.

export const isDigit = (code: number) => code >= 48 && code <= 57
export const isUpper = (code: number) => code >= 65 && code <= 90
export const isLower = (code: number) => code >= 97 && code <= 122
export const isLetter = (code: number) => isUpper(code) || isLower(code)
export const isWord = (code: number) => isDigit(code) || isLetter(code)
/** Letters of Latin-1 and Latin Extended, which names in e-mail addresses may hold. */
export const isAccented = (code: number) => code >= 0xc0 && code <= 0x24f && code !== 0xd7 && code !== 0xf7

export const codeOf = (character: string) => character.charCodeAt(0)

/** 65 for `A` and `a`; other codes as they are. */
export const upper = (code: number) => (isLower(code) ? code - 32 : code)

/** A predicate for exactly the characters of a text, of which each is one UTF-16 unit. */
export const oneOf = (characters: string) => {
  const ascii = new Uint8Array(128)
  const others = new Set<number>()
  for (const code of [...characters].map(codeOf))
    if (code < 128) ascii[code] = 1
    else others.add(code)
  return (code: number) => (code < 128 ? ascii[code] === 1 : others.has(code))
}
