// How many requests of all batches together are under way: first come, first served, so that a long batch does not
// hold up a short one.

export interface LineSeats {
  readonly count: number
  use<T>(work: () => Promise<T>): Promise<T>
}

export const createLineSeats = (count: number): LineSeats => {
  let free = count
  const waiting: (() => void)[] = []
  const take = async () => {
    if (free > 0) free--
    else await new Promise<void>((seated) => waiting.push(seated))
  }
  const leave = () => {
    const next = waiting.shift()
    if (next) next()
    else free++
  }
  return {
    count,
    use: async (work) => {
      await take()
      try {
        return await work()
      } finally {
        leave()
      }
    },
  }
}
