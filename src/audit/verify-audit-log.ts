// Reads an audit log from its first line to its last and says everything that is wrong with it. Needs no process that
// writes it, and trusts nothing but the public key it is given.

import type { KeyObject } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { Message } from '../core/index.js'
import { type AuditSegment, listSegments, readSegment } from './audit-files.js'
import { publicKeyPath, readPublicKey } from './audit-keys.js'
import { chainHash, type DecodedLine, decodeLine, origin, type Position } from './audit-line.js'
import { type Checkpoint, isSignedBy } from './checkpoint.js'
import { checkpointPath, readCheckpoint } from './find-end.js'
import { auditError, auditMessage } from './messages.js'

export interface AuditReport {
  readonly entries: number
  readonly segments: number
  /** The last entry that was read. */
  readonly last: Position
  /** After the last whole line: what a power cut, or a write under way, has left. Proves nothing wrong. */
  readonly tornBytes: number
  /** How many entries the log itself says could not be written. */
  readonly droppedEntries: number
  /** In the order in which they were found; none: the log is whole, as far as the checkpoints tell. */
  readonly problems: readonly Message[]
}

export interface VerifyOptions {
  readonly directory: string
  /** A checkpoint that was kept elsewhere. */
  readonly checkpointFile?: string | undefined
  /** The public key, kept elsewhere. Default: the one in the directory. */
  readonly publicKeyFile?: string | undefined
}

/** @throws audit.nothing-kept, audit.checkpoint-unreadable, audit.key-unreadable */
export const verifyAuditLog = (options: VerifyOptions): AuditReport => {
  const { directory } = options
  const checkpoints = checkpointsOf(options)
  const segments = listSegments(directory)
  if (segments.length === 0 && checkpoints.every(({ checkpoint }) => !checkpoint))
    throw auditError('audit.nothing-kept', { directory })
  const key = readPublicKey(options.publicKeyFile ?? publicKeyPath(directory))
  const chain = createChain(new Set(checkpoints.map(({ checkpoint }) => checkpoint?.n ?? 0)))
  let tornBytes = 0
  for (const segment of segments) {
    const { lines, tornBytes: torn } = readSegment(segment.path)
    lines.forEach((line, index) => {
      chain.read(line, { file: segment.name, line: index + 1 })
    })
    if (torn > 0 && segment !== segments.at(-1)) chain.unreadable(segment, lines.length + 1)
    tornBytes = torn
  }
  const problems = [...chain.end(), ...checkpoints.flatMap((one) => checkpointProblems(one, { key, chain }))]
  return {
    entries: chain.entries(),
    segments: segments.length,
    last: chain.last(),
    tornBytes,
    droppedEntries: chain.dropped(),
    problems,
  }
}

interface Source {
  readonly source: string
  readonly checkpoint: Checkpoint | undefined
}

const checkpointsOf = ({ directory, checkpointFile }: VerifyOptions): readonly Source[] => {
  const own = checkpointPath(directory)
  const sources: Source[] = [{ source: own, checkpoint: readCheckpoint(own) }]
  if (checkpointFile === undefined) return sources
  const given = existsSync(checkpointFile) ? readCheckpoint(checkpointFile) : undefined
  if (!given) throw auditError('audit.checkpoint-unreadable', { path: checkpointFile })
  return [...sources, { source: checkpointFile, checkpoint: given }]
}

const checkpointProblems = (
  { source, checkpoint }: Source,
  { key, chain }: { readonly key: KeyObject; readonly chain: Chain },
): readonly Message[] => {
  if (!checkpoint) return [auditMessage('audit.checkpoint-missing', { path: source })]
  const { n } = checkpoint
  const last = chain.last().n
  if (!isSignedBy(checkpoint, key)) return [auditMessage('audit.checkpoint-forged', { source })]
  if (n > last) return [auditMessage('audit.cut-off', { source, n, last })]
  const hash = chain.hashOf(n)
  return hash === undefined || hash === checkpoint.hash
    ? []
    : [auditMessage('audit.rewritten', { source, n })]
}

interface Place {
  readonly file: string
  readonly line: number
}

type Chain = ReturnType<typeof createChain>

/** @param wanted numbers of entries whose hashes are asked for at the end */
const createChain = (wanted: ReadonlySet<number>) => {
  const problems: Message[] = []
  const hashes = new Map<number, string>()
  const pruned = new Map<number, string>()
  let before: Position | undefined
  /** The first entry, where it is not the log's first. */
  let first: { readonly decoded: DecodedLine; readonly place: Place } | undefined
  let entries = 0
  let dropped = 0

  const note = ({ record, hash }: DecodedLine) => {
    entries++
    if (wanted.has(record.n)) hashes.set(record.n, hash)
    if (record.type === 'pruned') pruned.set(record.through, record.hash)
    if (record.type === 'dropped') dropped += record.entries
    if (record.type === 'opened' && record.problem)
      problems.push(
        auditMessage('audit.found-broken', { n: record.n, at: record.at, problem: record.problem }),
      )
    before = { n: record.n, hash }
  }
  const check = ({ record, hash, body }: DecodedLine, place: Place, previous: Position) => {
    const { n } = record
    const expected = previous.n + 1
    if (n > expected)
      problems.push(auditMessage('audit.entries-missing', { ...place, from: expected, to: n - 1 }))
    else if (n < expected) problems.push(auditMessage('audit.entry-out-of-place', { ...place, n, expected }))
    else if (chainHash(previous.hash, body) !== hash)
      problems.push(auditMessage('audit.entry-changed', { ...place, n }))
  }
  return {
    read: (line: string, place: Place) => {
      const decoded = decodeLine(line)
      if (!decoded) return void problems.push(auditMessage('audit.line-unreadable', { ...place }))
      if (before) check(decoded, place, before)
      else if (decoded.record.n === 1) check(decoded, place, origin)
      else first = { decoded, place }
      note(decoded)
    },
    unreadable: ({ name }: AuditSegment, line: number) =>
      problems.push(auditMessage('audit.line-unreadable', { file: name, line })),
    /** Everything that is wrong with the entries. */
    end: (): readonly Message[] => {
      if (!first) return problems
      const { n } = first.decoded.record
      const hash = pruned.get(n - 1)
      if (hash === undefined) return [auditMessage('audit.beginning-missing', { first: n }), ...problems]
      check(first.decoded, first.place, { n: n - 1, hash })
      return problems
    },
    entries: () => entries,
    dropped: () => dropped,
    last: (): Position => before ?? origin,
    hashOf: (n: number) => hashes.get(n),
  }
}
