// How disguised characters read: full-width and styled letters as ASCII, digits of any script as 0-9, every
// dash as `-`, every blank as a space, invisible ones as nothing. One character at a time, so that a text folds
// the same wherever it is cut. Source: Unicode 16, NFKC mappings and the Default_Ignorable_Code_Point property.

const invisibleRanges = [
  [0x0000, 0x0000],
  [0x00ad, 0x00ad],
  [0x0300, 0x036f],
  [0x034f, 0x034f],
  [0x061c, 0x061c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x1ab0, 0x1aff],
  [0x1dc0, 0x1dff],
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x206f],
  [0x20d0, 0x20ff],
  [0x3164, 0x3164],
  [0xfe00, 0xfe0f],
  [0xfe20, 0xfe2f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
] as const

/** Ranges whose NFKC form may be one ASCII character. */
const compatibilityRanges = [
  [0x00a0, 0x00ff],
  [0x02b0, 0x02ff],
  [0x1d2c, 0x1d6a],
  [0x2000, 0x2044],
  [0x2070, 0x209c],
  [0x2100, 0x214f],
  [0x2460, 0x24ff],
  [0x3000, 0x3000],
  [0xfe10, 0xfe6b],
  [0xff01, 0xff5e],
] as const

/** The digit zero of the decimal digits in the Basic Multilingual Plane; nine more follow each. */
const zeros = [
  0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0de6,
  0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0,
  0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0,
]

const dashes = [
  0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2043, 0x2212, 0x2796, 0x30fc, 0xfe31, 0xfe32, 0xfe58,
  0xff70,
]
const blanks = [
  0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a, 0x202f,
  0x205f, 0x00a0, 0x3000,
]

const asciiOf = (character: string) => {
  const folded = character.normalize('NFKC')
  const code = folded.charCodeAt(0)
  return folded.length === 1 && code < 0x80 ? code : undefined
}

const buildTable = (): Uint16Array => {
  const table = new Uint16Array(0x10000)
  for (let code = 0; code < table.length; code++) table[code] = code
  for (const [first, last] of compatibilityRanges)
    for (let code = first; code <= last; code++) table[code] = asciiOf(String.fromCharCode(code)) ?? code
  for (const zero of zeros) for (let digit = 0; digit < 10; digit++) table[zero + digit] = 0x30 + digit
  for (const code of dashes) table[code] = 0x2d
  for (const code of blanks) table[code] = 0x20
  for (const [first, last] of invisibleRanges) table.fill(0, first, last + 1)
  return table
}

const table = buildTable()

/** Stands for a character that cannot be seen. */
export const invisible = 0

/** How a UTF-16 code unit that is no surrogate reads; `invisible` for what cannot be seen. */
export const foldUnit = (unit: number): number => table[unit] as number

export const isHighSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdbff
export const isLowSurrogate = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff

/** How a character beyond the Basic Multilingual Plane reads, when that is ASCII or nothing. */
export const foldPair = (high: number, low: number): number | undefined => {
  const point = (high - 0xd800) * 0x400 + (low - 0xdc00) + 0x10000
  if (point >= 0xe0000 && point <= 0xe0fff) return invisible
  const styled = (point >= 0x1d400 && point <= 0x1d7ff) || (point >= 0x1f130 && point <= 0x1f149)
  return styled ? asciiOf(String.fromCodePoint(point)) : undefined
}
