// Where sentences begin and end, in English and in Chinese. Knows no markup and no grammar.

/** A part of a text in UTF-16 offsets; `end` is exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Ends a Chinese or Japanese sentence by itself, whatever follows. */
const wideTerminator = /[。！？；｡]/
const closers = /["'”’」』）)\]】》〉]/
/** Written with a full stop that ends no sentence. */
const abbreviations =
  /(?:^|[\s(["'“])(?:mr|mrs|ms|dr|prof|st|sr|jr|no|nos|vs|fig|figs|eq|sec|dept|est|approx|inc|ltd|co|corp|e\.g|i\.e|cf|al|vol|pp|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|[a-z])\.$/i

/**
 * The sentences of a text in order, without the white space between them. A blank line ends a sentence, a single
 * line break does not. Every character that is not white space lies in exactly one sentence.
 */
export const splitSentences = (text: string): readonly Span[] => {
  const spans: Span[] = []
  let start = 0
  for (let i = 0; i < text.length; i++) {
    const end = isBlankLine(text, i) ? i : endOfSentence(text, start, i)
    if (end === undefined) continue
    push(spans, text, { start, end })
    start = end
    i = Math.max(i, end - 1)
  }
  push(spans, text, { start, end: text.length })
  return spans
}

const isBlankLine = (text: string, at: number) => {
  if (text[at] !== '\n') return false
  let next = at + 1
  while (text[next] === ' ' || text[next] === '\t') next++
  return text[next] === '\n'
}

/** The end of the sentence when the character at `at` closes it, quotation marks and brackets included. */
const endOfSentence = (text: string, start: number, at: number): number | undefined => {
  const character = text[at] ?? ''
  const isWide = wideTerminator.test(character)
  if (!isWide && !/[.!?]/.test(character)) return undefined
  let end = at + 1
  while (end < text.length && /[。！？.!?]/.test(text[end] ?? '')) end++
  while (end < text.length && closers.test(text[end] ?? '')) end++
  if (isWide) return end
  if (end < text.length && !/\s/.test(text[end] ?? '')) return undefined
  const isAbbreviation =
    character === '.' && end === at + 1 && abbreviations.test(text.slice(Math.max(start, at - 12), end))
  return isAbbreviation || continues(text, end) ? undefined : end
}

/** A sentence does not begin with a small letter. */
const continues = (text: string, end: number) => /^\s+\p{Ll}/u.test(text.slice(end, end + 8))

const push = (spans: Span[], text: string, { start, end }: Span) => {
  let from = start
  let to = end
  while (from < to && /\s/.test(text[from] ?? '')) from++
  while (to > from && /\s/.test(text[to - 1] ?? '')) to--
  if (to > from) spans.push({ start: from, end: to })
}
