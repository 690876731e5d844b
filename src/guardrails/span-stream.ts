// The one engine that finds and replaces spans, from left to right, in a text that arrives in pieces. A place
// is decided only when its scanners did not look past what has arrived, so the result never depends on where
// the text was cut. Whole texts are one piece, and take the same way.

import { isWord } from './characters.js'
import type { Finding } from './contract.js'
import { accentedBucket, createGrowingText } from './scan-text.js'
import type { SpanMatch, SpanRest, SpanScanner } from './span-scanner.js'
import { joinTraits, type TextTraits, traitsBlock, traitsOf } from './text-traits.js'

/** What is done with a span. */
export type SpanAction = 'observe' | 'redact' | 'block'

export interface SpanStream {
  /** Takes the next piece and returns what may be released. */
  push(text: string): string
  /** Nothing follows: returns what is left. */
  flush(): string
  findings(): readonly Finding[]
  /** Whether a span was found that is blocked; nothing is released from its start on. */
  blocked(): boolean
}

/** Which scanners may start at a character, and whether any may. */
interface ScannerTable {
  readonly scanners: readonly (readonly SpanScanner[])[]
  readonly starts: Uint8Array
}

const tableOf = (scanners: readonly SpanScanner[]): ScannerTable => {
  const byBucket = Array.from({ length: accentedBucket + 1 }, (_, code) =>
    scanners.filter((scanner) =>
      code === accentedBucket ? scanner.startsAccented : scanner.starts.includes(String.fromCharCode(code)),
    ),
  )
  return { scanners: byBucket, starts: Uint8Array.from(byBucket, (list) => (list.length > 0 ? 1 : 0)) }
}

interface Tables {
  readonly atWordStart: ScannerTable
  readonly insideWord: ScannerTable
}

const tablesOf = (scanners: readonly SpanScanner[]): Tables => ({
  atWordStart: tableOf(scanners),
  insideWord: tableOf(scanners.filter(({ startsInsideWord }) => startsInsideWord)),
})

interface Scanning {
  readonly tables: Tables
  readonly actionOf: (detector: string) => SpanAction
  readonly placeholder: (kind: string) => string
}

/** The span scanners of a policy, over a text in pieces or over a whole one. */
export interface SpanScanning {
  open(): SpanStream
  /** The spans of a whole text, in order: what a stream of it finds. */
  find(text: string): readonly Finding[]
}

/** Builds the tables of scanners once. */
export const createSpanScanning = (options: {
  readonly scanners: readonly SpanScanner[]
  readonly actionOf: (detector: string) => SpanAction
  readonly placeholder: (kind: string) => string
}): SpanScanning => {
  const { scanners } = options
  const scanning: Scanning = { ...options, tables: tablesOf(scanners) }
  /** Tables by the scanners that are in them, one bit each; a few of the possible ones are ever met. */
  const tablesBySet = new Map<number, Tables | undefined>([[0, undefined]])
  const setOf = (traits: TextTraits): number =>
    scanners.reduce((set, { mayBeIn }, i) => (mayBeIn(traits) ? set | (1 << i) : set), 0)
  const tablesFor = (set: number): Tables | undefined => {
    if (!tablesBySet.has(set)) tablesBySet.set(set, tablesOf(scanners.filter((_, i) => set & (1 << i))))
    return tablesBySet.get(set)
  }
  const setsOf = (text: string): readonly number[] => {
    const blocks = traitsOf(text)
    return blocks.map((traits, i) => {
      const next = blocks[i + 1]
      return setOf(next ? joinTraits(traits, next) : traits)
    })
  }
  return {
    open: () => createSpanStream(scanning),
    find: (text) => {
      const sets = setsOf(text)
      if (sets.every((set) => set === 0)) return []
      const stream = createSpanStream(scanning, sets.map(tablesFor))
      stream.push(text)
      stream.flush()
      return stream.findings()
    },
  }
}

/**
 * @param blocks for a text that comes whole: the scanners that may find something in each `traitsBlock` of its visible
 * characters, undefined where none may
 */
const createSpanStream = (scanning: Scanning, blocks?: readonly (Tables | undefined)[]): SpanStream => {
  const text = createGrowingText({ isWhole: blocks !== undefined })
  const findings: Finding[] = []
  let position = 0
  let releasedTo = 0
  let released = ''
  let blocked = false
  let open: { rest: SpanRest; finding: number; hidden: boolean } | undefined

  const release = (offset: number) => {
    if (!blocked && offset > releasedTo) released += text.slice(releasedTo, offset)
    releasedTo = Math.max(releasedTo, offset)
  }

  const take = (scanner: SpanScanner, match: SpanMatch) => {
    const action = match.severity === 'low' ? 'observe' : scanning.actionOf(scanner.detector)
    const start = text.offset(position)
    const finish = text.offsetAfter(match.end - 1)
    const { kind, severity } = match
    const finding = findings.push({ detector: scanner.detector, kind, start, end: finish, severity }) - 1
    if (action !== 'observe') {
      release(start)
      if (!blocked && action === 'redact') released += scanning.placeholder(kind)
      if (action === 'block') blocked = true
      releasedTo = Math.max(releasedTo, finish)
    }
    if (match.rest) open = { rest: match.rest, finding, hidden: action !== 'observe' }
    position = severity === 'low' ? position + 1 : match.end
  }

  /** @returns whether the open span has ended */
  const continueOpen = (span: NonNullable<typeof open>): boolean => {
    text.startLook()
    const rest = span.rest(text, position)
    const isCertain = !text.lookedPast()
    position = isCertain && !rest.done ? text.length() : rest.end
    const finish = text.offsetAfter(position - 1)
    findings[span.finding] = { ...(findings[span.finding] as Finding), end: finish }
    if (span.hidden) releasedTo = Math.max(releasedTo, finish)
    if (isCertain) open = undefined
    return isCertain
  }

  /** Moves to where a span may start. @returns the scanners there; undefined when none was met so far */
  const seek = (): Tables | undefined => {
    const block = Math.floor(position / traitsBlock)
    const tables = blocks ? blocks[block] : scanning.tables
    const stop = blocks ? Math.min(text.length(), (block + 1) * traitsBlock) : text.length()
    position = tables
      ? text.nextStart(position, stop, tables.atWordStart.starts, tables.insideWord.starts)
      : stop
    return position === stop ? undefined : tables
  }

  /** @returns false when the place cannot be decided yet */
  const decide = (): boolean => {
    const tables = seek()
    if (!tables) return true
    const { atWordStart, insideWord } = tables
    const table = isWord(text.at(position - 1)) ? insideWord : atWordStart
    for (const scanner of table.scanners[
      Math.min(text.at(position), accentedBucket)
    ] as readonly SpanScanner[]) {
      text.startLook()
      const match = scanner.scan(text, position)
      if (text.lookedPast()) return false
      if (match) {
        take(scanner, match)
        return true
      }
    }
    position++
    return true
  }

  const run = (): string => {
    while (position < text.length()) if (!(open ? continueOpen(open) : decide())) break
    if (!open?.hidden) release(text.offset(position))
    const out = released
    released = ''
    text.drop(position)
    return out
  }

  return {
    push: (piece) => {
      text.append(piece)
      return run()
    },
    flush: () => {
      text.finish()
      return run()
    },
    findings: () => findings,
    blocked: () => blocked,
  }
}
