// "Did you mean": the known name nearest to what was written.

/** Edit distance with adjacent transpositions (optimal string alignment), ignoring case. */
const distance = (a: string, b: string): number => {
  const from = a.toLowerCase()
  const to = b.toLowerCase()
  let previous: number[] = []
  let current = Array.from({ length: to.length + 1 }, (_, j) => j)
  for (let i = 1; i <= from.length; i++) {
    const beforePrevious = previous
    previous = current
    current = [i]
    for (let j = 1; j <= to.length; j++) {
      const cost = from[i - 1] === to[j - 1] ? 0 : 1
      let best = Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + cost)
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1])
        best = Math.min(best, (beforePrevious[j - 2] ?? 0) + 1)
      current[j] = best
    }
  }
  return current[to.length] ?? 0
}

/**
 * The known name nearest to `written`, or undefined when none is near: at most a third of the letters differ,
 * or one name begins with the other.
 */
export const suggest = (written: string, known: Iterable<string>): string | undefined => {
  let best: { name: string; score: number } | undefined
  for (const name of known) {
    const isPrefix = written.length >= 3 && name.toLowerCase().startsWith(written.toLowerCase())
    const score = isPrefix ? 0.5 : distance(written, name)
    const limit = Math.max(1, Math.floor(Math.max(written.length, name.length) / 3))
    if (score <= limit && (!best || score < best.score)) best = { name, score }
  }
  return best?.name
}
