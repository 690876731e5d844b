// A long mixed load in an open loop: every request at its time, whatever became of those before. Counts which answers
// were right. Knows nothing of what is loaded but its address.

import { createRandom, type Random } from '../../core/index.js'
import { openSoakConnection, type SoakConnection } from './soak-connection.js'
import { type SoakKind, soakKinds } from './soak-requests.js'

export interface SoakOrder {
  readonly host: string
  readonly port: number
  readonly headers: Readonly<Record<string, string>>
  readonly seconds: number
  readonly perSecond: number
  readonly seed: string
}

export interface SoakResult {
  readonly seconds: number
  readonly asked: Readonly<Record<string, number>>
  /** Answers that were not the right ones, by kind. */
  readonly wrong: Readonly<Record<string, number>>
  /** The first of them. */
  readonly samples: readonly string[]
}

const tickMs = 5
/** The server closes idle connections; one that is about to be closed is not used. */
const freshMs = 2_000
const keptSamples = 10

export const runSoak = async (order: SoakOrder): Promise<SoakResult> => {
  const { seconds, perSecond, seed } = order
  const pick = weightedPick(createRandom(seed))
  const pool = createPool(order)
  const tally = createTally()
  const running = new Set<Promise<void>>()
  const startMs = performance.now()
  const total = Math.round(seconds * perSecond)
  for (let count = 0; count < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - startMs) / 1000) * perSecond) + 1)
    for (; count < due; count++) {
      const job = askOne(order, { kind: pick(), count, pool, tally })
      running.add(job)
      void job.finally(() => running.delete(job))
    }
    await new Promise((resolve) => setTimeout(resolve, tickMs))
  }
  await Promise.all(running)
  pool.close()
  return { seconds: (performance.now() - startMs) / 1000, ...tally.result() }
}

const weightedPick = (random: Random): (() => SoakKind) => {
  const bag = soakKinds.flatMap((kind) => Array.from({ length: kind.weight }, () => kind))
  return () => random.pick(bag)
}

type Pool = ReturnType<typeof createPool>

const createPool = ({ host, port }: SoakOrder) => {
  const idle: SoakConnection[] = []
  const isFresh = (connection: SoakConnection) =>
    !connection.isClosed() && performance.now() - connection.idleSinceMs() < freshMs
  return {
    take: async (): Promise<SoakConnection> => {
      for (let found = idle.pop(); found; found = idle.pop()) {
        if (isFresh(found)) return found
        found.close()
      }
      return openSoakConnection(host, port)
    },
    giveBack: (connection: SoakConnection) => void idle.push(connection),
    close: () => {
      for (const connection of idle.splice(0)) connection.close()
    },
  }
}

type Tally = ReturnType<typeof createTally>

const createTally = () => {
  const asked: Record<string, number> = {}
  const wrong: Record<string, number> = {}
  const samples: string[] = []
  return {
    ask: (name: string) => {
      asked[name] = (asked[name] ?? 0) + 1
    },
    fail: (name: string, detail: string) => {
      wrong[name] = (wrong[name] ?? 0) + 1
      if (samples.length < keptSamples) samples.push(`${name}: ${detail.slice(0, 600)}`)
    },
    result: () => ({ asked, wrong, samples }),
  }
}

interface Job {
  readonly kind: SoakKind
  readonly count: number
  readonly pool: Pool
  readonly tally: Tally
}

const askOne = async (order: SoakOrder, { kind, count, pool, tally }: Job): Promise<void> => {
  tally.ask(kind.name)
  try {
    const connection = await pool.take()
    const answer = await connection.ask(bytesOf(order, kind, count), kind.leavesAt)
    if (!connection.isClosed()) pool.giveBack(connection)
    if (!kind.isRight(withoutChunks(answer))) tally.fail(kind.name, answer)
  } catch (error) {
    tally.fail(kind.name, String(error))
  }
}

const bytesOf = ({ host, port, headers }: SoakOrder, kind: SoakKind, count: number): string => {
  const body = JSON.stringify(kind.body(count))
  const all = {
    host: `${host}:${port}`,
    'content-type': 'application/json',
    ...headers,
    'content-length': String(Buffer.byteLength(body)),
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `POST ${kind.path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`
}

/** The sizes of HTTP's chunks stand between the pieces of a stream; without them its text is whole. */
const withoutChunks = (answer: string): string => answer.replace(/\r\n[0-9a-f]+\r\n/gi, '')
