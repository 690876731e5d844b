// Seeded randomness: the same seed gives the same numbers on every machine. Not for secrets.

export interface Random {
  /** Uniform in [0, 1). */
  next(): number
  /** Uniform integer in [0, bound). @param bound positive integer */
  integer(bound: number): number
  /** Exponential with mean 1. */
  exponential(): number
  /** Standard normal (Box-Muller). */
  normal(): number
  pick<T>(items: readonly T[]): T
  /** A new array in random order (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[]
}

/** A generator of the sfc32 family, seeded from any text or number. */
export const createRandom = (seed: string | number): Random => {
  const next = sfc32(seed)
  const integer = (bound: number) => Math.floor(next() * bound)
  return {
    next,
    integer,
    exponential: () => -Math.log(1 - next()),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    pick: (items) => {
      if (items.length === 0) throw new RangeError('pick() needs at least one item')
      return items[integer(items.length)] as (typeof items)[number]
    },
    shuffle: <T>(items: readonly T[]) => {
      const out = [...items]
      for (let i = out.length - 1; i > 0; i--) {
        const j = integer(i + 1)
        const kept = out[i] as T
        out[i] = out[j] as T
        out[j] = kept
      }
      return out
    },
  }
}

/** Source: C. Doty-Humphrey, PractRand, sfc32; 12 warm-up rounds after seeding with FNV-1a of the text. */
const sfc32 = (seed: string | number) => {
  let hash = 0x811c9dc5
  for (const character of String(seed)) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  let a = hash | 0
  let b = (hash ^ 0x9e3779b9) | 0
  let c = Math.imul(hash, 0x85ebca6b) | 0
  let counter = 1
  const step = () => {
    const t = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return (t >>> 0) / 4294967296
  }
  for (let i = 0; i < 12; i++) step()
  return step
}
