// Rounds of killing under load, and what they add up to.

import { createRandom, type Random } from '../../src/core/index.js'

interface Round {
  /** Requests that should have been answered, or known afterwards. */
  readonly lost: readonly string[]
  /** Processes left behind. */
  readonly orphans: readonly number[]
}

/** Runs `each` rounds of every victim in turn. @param seed of the moments at which is killed */
export const runRounds = async <Victim, R extends Round>(
  {
    victims,
    each,
    seed,
  }: { readonly victims: readonly Victim[]; readonly each: number; readonly seed: string },
  run: (victim: Victim, random: Random) => Promise<R>,
) => {
  const random = createRandom(seed)
  const rounds: R[] = []
  for (let i = 0; i < each; i++) for (const victim of victims) rounds.push(await run(victim, random))
  return {
    rounds,
    sum: (of: (round: R) => number) => rounds.reduce((total, round) => total + of(round), 0),
    /** What no round may leave: requests and processes. */
    left: rounds.flatMap(({ lost, orphans }) => [...lost, ...orphans]),
  }
}
