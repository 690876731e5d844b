// Takes spans out of a text. Knows offsets, not reasons.

export interface Replacement {
  readonly start: number
  readonly end: number
  readonly by: string
}

/** Replaces spans, in any order; spans that overlap are replaced as one, by what the first of them says. */
export const replaceSpans = (text: string, replacements: readonly Replacement[]): string => {
  const sorted = [...replacements].sort((a, b) => a.start - b.start || b.end - a.end)
  let out = ''
  let copiedTo = 0
  for (const { start, end, by } of sorted) {
    if (start >= copiedTo) out += text.slice(copiedTo, start) + by
    copiedTo = Math.max(copiedTo, end)
  }
  return out + text.slice(copiedTo)
}
