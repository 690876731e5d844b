// How fast one core of this machine runs the kind of work the built-in engines do: text, maps, JSON.

import { createHash } from 'node:crypto'

/** Rounds per second of the reference core: one vCPU of an AMD EPYC (Zen 4) server, Node 24 with the product's flags. */
const referenceRoundsPerSecond = 6300

const text = '銀行 handling fee 手續費 of an interbank transfer 跨行轉帳 is NT$15. '.repeat(40)

const round = (): number => {
  const counts = new Map<string, number>()
  for (let i = 0; i + 2 <= text.length; i++) {
    const pair = text.slice(i, i + 2)
    counts.set(pair, (counts.get(pair) ?? 0) + 1)
  }
  const json = JSON.stringify([...counts])
  const parsed = JSON.parse(json) as [string, number][]
  return parsed.length + createHash('sha256').update(json).digest().length
}

/**
 * Measures for about 200 ms.
 * @returns 1.0 on the reference core, 2.0 on one twice as fast; the best of five slices, so that a busy neighbour
 * does not make the machine look slower than it is
 */
export const measureSpeedScore = (): number => {
  let best = 0
  for (let slice = 0; slice < 5; slice++) {
    const endMs = performance.now() + 40
    const startMs = performance.now()
    let rounds = 0
    while (performance.now() < endMs) rounds += round() > 0 ? 1 : 0
    best = Math.max(best, (rounds * 1000) / (performance.now() - startMs))
  }
  return Math.round((best / referenceRoundsPerSecond) * 100) / 100
}
