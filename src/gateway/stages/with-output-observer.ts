// Looks at what a model writes without touching it: its bytes go on as they came, findings are counted. Goes
// through `mapFrames` only to learn when the last frame has passed.

import type { StreamGuard } from '../../guardrails/index.js'
import { type Frame, type FrameEditor, gistOf, mapFrames } from '../../llm/index.js'
import { type Stage, withOpen } from '../call.js'
import type { OutputGuardDeps } from './with-output-guard.js'

export const withOutputObserver =
  (deps: OutputGuardDeps): Stage =>
  (inner) =>
    withOpen(inner, async (request, call) => mapFrames(await inner.open(request, call), createObserver(deps)))

const createObserver = ({ guard, policy, metrics }: OutputGuardDeps): FrameEditor => {
  const guards = new Map<number, StreamGuard>()
  const observe = (frame: Frame) => {
    for (const event of gistOf(frame)) {
      if (event.type !== 'text') continue
      const checked = guards.get(event.choice) ?? guard.createStreamGuard({ policy })
      guards.set(event.choice, checked)
      checked.push(event.text)
    }
    return frame
  }
  const finish = () => {
    for (const checked of guards.values()) {
      checked.flush()
      const { action, findings } = checked.verdict()
      metrics.guardVerdict({
        policy,
        stage: 'output',
        action: action === 'allow' && findings.length > 0 ? 'observe' : action,
      })
    }
    return undefined
  }
  return { edit: observe, flush: finish }
}
