// The blocks of one replica's KV cache, and which shared beginnings of prompts are still in them.
// Free blocks form a queue, as in vLLM: taken from its head, given back to its tail. Those of a prefix that nobody
// holds keep their content until they are taken, so a prefix is lost once as many blocks as there are free ones were
// taken since its last use. Of one prefix the end goes first. A held prefix is kept whole, even where its holder
// reads only a part of it.

export interface KvPool {
  readonly totalBlocks: number
  /** Blocks that no request refers to. */
  readonly freeBlocks: number
  /** @param blocks at most `freeBlocks` */
  take(blocks: number): void
  give(blocks: number): void
  /** Blocks of a prefix that are in the cache. */
  residentBlocks(prefix: number): number
  /** Blocks that leave the free ones when somebody holds the prefix. */
  reclaimedBlocks(prefix: number): number
  hold(prefix: number): void
  /** Blocks that a holder had taken become part of the prefix. */
  grow(prefix: number, blocks: number): void
  release(prefix: number): void
}

interface Entry {
  readonly prefix: number
  resident: number
  holders: number
  /** Free blocks without content of use that lie between this entry and the one before it in the queue. */
  emptyBefore: number
  before: Entry
  after: Entry
}

export const createKvPool = (totalBlocks: number): KvPool => {
  const entries = new Map<number, Entry>()
  const ring = {} as Entry
  Object.assign(ring, { prefix: -1, resident: 0, holders: 0, before: ring, after: ring })
  // The empty blocks behind the last entry: the ring's own.
  ring.emptyBefore = totalBlocks
  let freeBlocks = totalBlocks

  const unlink = (entry: Entry) => {
    entry.after.emptyBefore += entry.emptyBefore
    entry.before.after = entry.after
    entry.after.before = entry.before
  }
  const linkLast = (entry: Entry) => {
    entry.emptyBefore = ring.emptyBefore
    ring.emptyBefore = 0
    entry.before = ring.before
    entry.after = ring
    ring.before.after = entry
    ring.before = entry
  }

  return {
    totalBlocks,
    get freeBlocks() {
      return freeBlocks
    },
    take: (blocks) => {
      if (blocks > freeBlocks) throw new RangeError(`${blocks} blocks taken of ${freeBlocks} free ones`)
      freeBlocks -= blocks
      for (let left = blocks; left > 0; ) {
        const head = ring.after
        const empty = Math.min(left, head.emptyBefore)
        head.emptyBefore -= empty
        left -= empty
        const evicted = Math.min(left, head.resident)
        head.resident -= evicted
        left -= evicted
        if (head !== ring && head.resident === 0) {
          unlink(head)
          entries.delete(head.prefix)
        }
      }
    },
    give: (blocks) => {
      freeBlocks += blocks
      ring.emptyBefore += blocks
    },
    residentBlocks: (prefix) => entries.get(prefix)?.resident ?? 0,
    reclaimedBlocks: (prefix) => {
      const entry = entries.get(prefix)
      return entry && entry.holders === 0 ? entry.resident : 0
    },
    hold: (prefix) => {
      const entry = entries.get(prefix)
      if (!entry) {
        entries.set(prefix, { prefix, resident: 0, holders: 1, emptyBefore: 0, before: ring, after: ring })
        return
      }
      if (entry.holders++ > 0) return
      unlink(entry)
      freeBlocks -= entry.resident
    },
    grow: (prefix, blocks) => {
      const entry = entries.get(prefix)
      if (entry) entry.resident += blocks
    },
    release: (prefix) => {
      const entry = entries.get(prefix)
      if (!entry || --entry.holders > 0) return
      freeBlocks += entry.resident
      if (entry.resident > 0) linkLast(entry)
      else entries.delete(prefix)
    },
  }
}
