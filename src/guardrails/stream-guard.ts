// Checks an answer while it is written. Built-in detectors hold back only what may still turn out to be part of
// a span; a plug-in that may change the text sees it whole, so then everything is held back until the end.

import type { Finding, Verdict } from './contract.js'
import { createViews } from './folded-views.js'
import { pluginFindings } from './plugin-findings.js'
import type { StagePlan } from './policy-plan.js'
import { maxHoldBackCharacters } from './span-scanner.js'

export interface StreamGuard {
  /** Takes the next piece of the answer and returns what may be released now; nothing after a block. */
  push(text: string): string
  /** The answer is over: returns the rest. */
  flush(): string
  /**
   * What was decided so far. Its text is what has been released; findings that reach into what is held back
   * are not among them yet.
   */
  verdict(): Verdict
  /** Whether the answer is blocked by what has been decided so far. */
  isBlocked(): boolean
  /**
   * The most visible characters that are ever held back; null when a plug-in makes it the whole answer. A
   * private key is taken out from its begin marker on and does not count, since none of it is released.
   */
  readonly maxHoldBackCharacters: number | null
}

type Decide = (text: string, found: readonly Finding[]) => Verdict

export const createStreamGuard = (options: {
  readonly plan: StagePlan
  readonly decide: Decide
}): StreamGuard => {
  const { plan, decide } = options
  const editing = plan.plugins.some(({ id }) => plan.actions.get(id) !== 'observe')
  return editing ? createWholeGuard(plan, decide) : createIncrementalGuard(plan, decide)
}

const createIncrementalGuard = (plan: StagePlan, decide: Decide): StreamGuard => {
  const pass = plan.spans?.open()
  const observes = plan.plugins.length > 0
  let released = ''
  let whole = ''
  let observed: readonly Finding[] = []
  const release = (text: string) => {
    released += text
    return text
  }
  const isBlocked = () => pass?.blocked() ?? false
  return {
    push: (text) => {
      if (isBlocked()) return ''
      if (observes) whole += text
      return release(pass ? pass.push(text) : text)
    },
    flush: () => {
      if (observes) observed = findAll(plan, whole)
      return isBlocked() ? '' : release(pass?.flush() ?? '')
    },
    verdict: () => {
      const { action, findings } = decide('', [...(pass?.findings() ?? []), ...observed])
      return { action, text: released, findings }
    },
    isBlocked,
    maxHoldBackCharacters: pass ? maxHoldBackCharacters : 0,
  }
}

const findAll = (plan: StagePlan, text: string): readonly Finding[] => {
  const views = createViews(text)
  return plan.plugins.flatMap((detector) => pluginFindings(detector, views))
}

const createWholeGuard = (plan: StagePlan, decide: Decide): StreamGuard => {
  let whole = ''
  let verdict: Verdict = { action: 'allow', text: '', findings: [] }
  return {
    push: (text) => {
      whole += text
      return ''
    },
    flush: () => {
      verdict = decide(whole, [...(plan.spans?.find(whole) ?? []), ...findAll(plan, whole)])
      whole = ''
      return verdict.text
    },
    verdict: () => verdict,
    isBlocked: () => verdict.action === 'block',
    maxHoldBackCharacters: null,
  }
}
