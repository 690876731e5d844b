// The best way is simulated at the design's real traffic before it is chosen; where a target that the closed form meets
// is missed, it gets the replicas that meet it, and has to be the best at that price. Decides no target itself.

import type { Evaluated } from './candidates.js'
import { confirmCascade, confirmOverflow } from './confirm-joined.js'
import type { DesignContext } from './design-context.js'
import { fewestReplicas } from './fewest-replicas.js'
import { rankCandidates } from './rank-candidates.js'
import type { Candidate } from './report.js'
import { simulateService } from './simulate-service.js'
import { doubted, isHeld } from './simulated-verdict.js'

/** Of the best ways, so many are simulated at most; the next is then chosen by the closed form alone. */
const mostSimulated = 5
/** Of thousands, those that can become the best when the first ones get dearer. */
const within = 200

/** @returns the same, the best of them simulated; as they are where it cannot be */
export const confirmBySimulation = (
  evaluated: readonly Evaluated[],
  ranked: readonly Candidate[],
  context: DesignContext,
): readonly Evaluated[] => {
  const byCandidate = new Map(evaluated.map((each) => [each.candidate, each]))
  const confirmed = new Map<Evaluated, Evaluated>()
  let head: readonly Candidate[] = ranked.slice(0, within)
  for (let round = 0; round < mostSimulated; round++) {
    const [best] = head
    const original = best && byCandidate.get(best)
    if (!best || best.violations.length > 0 || !original) break
    const found = confirm(original, context)
    if (!found) break
    confirmed.set(original, found)
    head = rankCandidates([found.candidate, ...head.slice(1)])
    if (head[0] === found.candidate) break
  }
  return confirmed.size === 0 ? evaluated : evaluated.map((each) => confirmed.get(each) ?? each)
}

const confirm = (original: Evaluated, context: DesignContext): Evaluated | null => {
  const { candidate, option, again } = original
  const { replicas, routing } = candidate
  if (routing?.kind === 'overflow') return confirmOverflow(original, routing, context)
  if (routing?.kind === 'cascade') return confirmCascade(original, routing)
  if (!option || !again || !replicas) return null
  const at = (serving: number) =>
    simulateService(option, { ...candidate, replicas: { ...replicas, serving } }, context)
  const first = at(replicas.serving)
  if (!first) return null
  if (isHeld(first)) return { ...original, candidate: { ...candidate, simulation: first } }
  const enough = fewestReplicas(first, at)
  if (!enough) return { ...original, candidate: doubted({ ...candidate, simulation: first }, [first]) }
  const factor = enough.replicas / replicas.serving
  const larger = (changed: DesignContext) => again({ ...changed, replicaFactor: factor })
  return {
    ...original,
    candidate: { ...larger(context), simulation: enough },
    again: larger,
  }
}
