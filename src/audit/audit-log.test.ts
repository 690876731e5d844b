import { createHmac } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createManualClock, createRandom, type ManualClock, silentLog } from '../core/index.js'
import type { WriteSome } from './audit-files.js'
import type { RequestEntry } from './audit-record.js'
import { type AuditLogOptions, openAuditLog } from './open-audit-log.js'
import { readAuditLog } from './read-audit-log.js'
import { verifyAuditLog } from './verify-audit-log.js'

const startMs = Date.parse('2026-11-26T10:00:00Z')
let directory: string
let clock: ManualClock
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'audit-'))
  clock = createManualClock(startMs)
})
afterEach(() => rmSync(directory, { recursive: true }))

const open = (options: Partial<AuditLogOptions> = {}) =>
  openAuditLog({ directory, clock, log: silentLog, ...options })
const asked = (number: number, more: Partial<RequestEntry> = {}): RequestEntry => ({
  type: 'request',
  requestId: `req_${number}`,
  tenant: 'default',
  keyId: 'key_1',
  route: 'chat',
  architectureHash: 'a'.repeat(64),
  content: Buffer.from(`a very private question ${number}`),
  answeredBy: 'main',
  end: 'finished',
  errorCode: null,
  ...more,
})
const fill = (count: number, options?: Partial<AuditLogOptions>) => {
  const log = open(options)
  for (let number = 1; number <= count; number++) log.append(asked(number))
  return log
}
const files = () => readdirSync(directory).filter((name) => name.startsWith('entries-'))
const codes = (options: { checkpointFile?: string; publicKeyFile?: string } = {}) =>
  verifyAuditLog({ directory, ...options }).problems.map(({ code }) => code)
const edit = (change: (lines: string[]) => string[], name = files()[0] ?? '') => {
  const path = join(directory, name)
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  writeFileSync(
    path,
    change(lines)
      .map((line) => `${line}\n`)
      .join(''),
  )
}

describe('an audit log', () => {
  it('has every entry when append returns, under one chain across restarts, and no text of a request', () => {
    fill(3)
    // The first process is gone without closing anything.
    fill(2).close()
    expect(readAuditLog(directory, { limit: 100 }).map(({ n, type }) => `${n} ${type}`)).toEqual([
      '1 opened',
      '2 request',
      '3 request',
      '4 request',
      '5 opened',
      '6 request',
      '7 request',
    ])
    expect(verifyAuditLog({ directory })).toMatchObject({ entries: 7, problems: [], last: { n: 7 } })
    expect(
      files()
        .map((name) => readFileSync(join(directory, name), 'utf8'))
        .join(),
    ).not.toContain('private')
  })

  it('digests the same request to the same value with a key that only this log has', () => {
    const log = open()
    for (const content of ['one', 'one', 'two']) log.append(asked(1, { content: Buffer.from(content) }))
    const key = Buffer.from(readFileSync(join(directory, 'digest-key'), 'utf8'), 'hex')
    const digests = readAuditLog(directory, { limit: 3 }).map((entry) =>
      entry.type === 'request' && 'requestDigest' in entry ? entry.requestDigest : '',
    )
    expect(digests[0]).toBe(createHmac('sha256', key).update('one').digest('hex'))
    expect(digests[0]).toBe(digests[1])
    expect(digests[0]).not.toBe(digests[2])
    // SHA-256 of "one": what somebody who guesses the request would compute.
    expect(digests[0]).not.toBe('7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed')
  })

  it('keeps its files from other users', () => {
    fill(1).close()
    for (const name of readdirSync(directory)) expect(statSync(join(directory, name)).mode & 0o077).toBe(0)
  })

  it('is found again by tenant, key, request, end and time', () => {
    const log = fill(2)
    log.append(asked(3, { tenant: 'other', end: 'blocked', errorCode: 'guardrails.blocked' }))
    const found = (query: object) =>
      readAuditLog(directory, { limit: 10, ...query }).map(
        (entry) => entry.type === 'request' && entry.requestId,
      )
    expect(found({ tenant: 'other' })).toEqual(['req_3'])
    expect(found({ end: 'blocked' })).toEqual(['req_3'])
    expect(found({ requestId: 'req_2' })).toEqual(['req_2'])
    expect(found({ until: '2026-11-26T10:00:00Z' })).toEqual([])
    expect(found({ since: '2026-11-26T10:00:00Z', tenant: 'default' })).toEqual(['req_1', 'req_2'])
  })
})

describe('whoever changes an audit log', () => {
  it('is found out at every line, whether it is changed, taken out, doubled or moved', () => {
    fill(8).close()
    expect(codes()).toEqual([])
    const name = files()[0] ?? ''
    const whole = readFileSync(join(directory, name))
    const random = createRandom('sabotage')
    for (let at = 0; at < 9; at++) {
      const attacks: Record<string, (lines: string[]) => string[]> = {
        change: (lines) => lines.with(at, (lines[at] ?? '').replace('"type":"', '"type":"x')),
        digit: (lines) => {
          const line = lines[at] ?? ''
          const place = random.integer(line.length)
          return lines.with(
            at,
            line.slice(0, place) + (line[place] === '0' ? '1' : '0') + line.slice(place + 1),
          )
        },
        remove: (lines) => lines.toSpliced(at, 1),
        double: (lines) => lines.toSpliced(at, 0, lines[at] ?? ''),
        cut: (lines) => lines.slice(0, at),
        swap: (lines) => [...lines.slice(0, at), ...lines.slice(at).reverse()],
      }
      for (const [attack, change] of Object.entries(attacks)) {
        if (attack === 'swap' && at === 8) continue
        edit(change)
        expect([at, attack, codes().length > 0]).toEqual([at, attack, true])
        writeFileSync(join(directory, name), whole)
      }
    }
    expect(codes()).toEqual([])
  })

  it('is told apart: a changed entry, missing ones, an end that was cut off', () => {
    fill(8).close()
    const whole = readFileSync(join(directory, files()[0] ?? ''))
    const problemsAfter = (change: (lines: string[]) => string[]) => {
      edit(change)
      const { problems } = verifyAuditLog({ directory })
      writeFileSync(join(directory, files()[0] ?? ''), whole)
      return problems
    }
    expect(problemsAfter((lines) => lines.with(3, (lines[3] ?? '').replace('req_3', 'req_9')))).toMatchObject(
      [{ code: 'audit.entry-changed', params: { n: 4, line: 4 } }],
    )
    expect(problemsAfter((lines) => lines.toSpliced(3, 2))).toMatchObject([
      { code: 'audit.entries-missing', params: { from: 4, to: 5 } },
    ])
    expect(problemsAfter((lines) => lines.slice(0, 6))).toMatchObject([
      { code: 'audit.cut-off', params: { n: 9, last: 6 } },
    ])
  })

  it('is found out by a checkpoint kept elsewhere when he writes log, checkpoint and keys anew', () => {
    fill(8).close()
    const kept = mkdtempSync(join(tmpdir(), 'kept-'))
    cpSync(directory, kept, { recursive: true })
    for (const name of readdirSync(directory)) rmSync(join(directory, name))
    fill(8).close()
    expect(codes()).toEqual([])
    const elsewhere = {
      checkpointFile: join(kept, 'checkpoint'),
      publicKeyFile: join(kept, 'signing-key.pub.pem'),
    }
    // The forger's own checkpoint does not bear the old key's signature, and the log is not the one it covered.
    expect(codes(elsewhere)).toEqual(['audit.checkpoint-forged', 'audit.rewritten'])
    rmSync(kept, { recursive: true })
  })

  it('is told of by the log itself after the next start', async () => {
    fill(8).close()
    edit((lines) => lines.slice(0, 5))
    fill(20).close()
    expect(codes()).toEqual(['audit.found-broken'])
  })

  it('cannot take whole segments out, not even the first', () => {
    fill(40, { segmentBytes: 2_000 }).close()
    expect(files().length).toBeGreaterThan(4)
    for (const name of files()) {
      const path = join(directory, name)
      const content = readFileSync(path)
      rmSync(path)
      expect([name, codes().length > 0]).toEqual([name, true])
      writeFileSync(path, content)
    }
    expect(codes()).toEqual([])
  })
})

describe('the end of its time', () => {
  it('removes old segments and says so, and what is left still verifies', async () => {
    const log = fill(40, { segmentBytes: 2_000 })
    const before = files().length
    await clock.advance(86_400_000 * 10)
    for (let number = 41; number <= 60; number++) log.append(asked(number))
    log.prune(5)
    log.close()
    expect(files().length).toBeLessThan(before)
    expect(verifyAuditLog({ directory }).problems).toEqual([])
    expect(readAuditLog(directory, { limit: 1, end: undefined })).toMatchObject([{ type: 'pruned' }])
    edit((lines) => lines.with(0, (lines[0] ?? '').replace('key_1', 'key_2')))
    expect(codes()).toContain('audit.entry-changed')
  })
})

describe('a disk that takes nothing', () => {
  const failing =
    (fails: () => boolean): WriteSome =>
    (fd, bytes, offset) => {
      if (!fails()) return writeSync(fd, bytes, offset)
      writeSync(fd, bytes, offset, 10)
      throw new Error('ENOSPC')
    }

  it('makes entries wait, counts what goes over the bound, and has the rest when it works again', async () => {
    let isFull = false
    const log = open({ writeSome: failing(() => isFull), maxWaiting: 3 })
    isFull = true
    for (let number = 1; number <= 5; number++) log.append(asked(number))
    expect(log.health()).toMatchObject({ writable: false, waitingEntries: 3, droppedEntries: 2 })
    isFull = false
    await clock.advance(500)
    expect(log.health()).toMatchObject({ writable: true, waitingEntries: 0, droppedEntries: 2 })
    log.append(asked(6))
    log.close()
    const kept = readAuditLog(directory, { limit: 100 })
    expect(kept.map((entry) => (entry.type === 'request' ? entry.requestId : entry.type))).toEqual([
      'opened',
      'req_1',
      'req_2',
      'req_3',
      'dropped',
      'req_6',
    ])
    expect(verifyAuditLog({ directory })).toMatchObject({ problems: [], tornBytes: 0, droppedEntries: 2 })
  })

  it('leaves a torn line at worst, which the next start cuts off', () => {
    fill(3).close()
    const path = join(directory, files()[0] ?? '')
    writeFileSync(path, '{"v":1,"n":5,"at', { flag: 'a' })
    expect(verifyAuditLog({ directory })).toMatchObject({ problems: [], tornBytes: 16 })
    fill(1).close()
    expect(verifyAuditLog({ directory })).toMatchObject({ problems: [], tornBytes: 0, entries: 6 })
  })
})

describe('a segment without a line', () => {
  it('is what a kill may leave, and nothing is missing then', () => {
    fill(3).close()
    writeFileSync(join(directory, 'entries-000000000005.jsonl'), '')
    fill(1).close()
    expect(readAuditLog(directory, { limit: 2 }).map(({ n }) => n)).toEqual([5, 6])
    expect(verifyAuditLog({ directory })).toMatchObject({ problems: [], segments: 2 })
  })
})

describe('checkpoints', () => {
  it('follow within a second', async () => {
    fill(3)
    await clock.advance(1_000)
    const path = join(directory, 'checkpoint')
    // The disk is real, and takes its time.
    while (!existsSync(path)) await new Promise((resolve) => setImmediate(resolve))
    expect(existsSync(path) && JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ n: 4 })
    edit((lines) => lines.slice(0, 3))
    expect(codes()).toEqual(['audit.cut-off'])
  })

  it('are missed where they are gone, and there is no log to speak of where there is none', () => {
    fill(3).close()
    rmSync(join(directory, 'checkpoint'))
    expect(codes()).toEqual(['audit.checkpoint-missing'])
    for (const name of files()) rmSync(join(directory, name))
    expect(() => verifyAuditLog({ directory })).toThrow(/no audit log/)
  })
})
