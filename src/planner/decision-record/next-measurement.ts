// Which measurement would make the decision surer by the most: of all that is predicted, the range that matters.

import type { Message } from '../../core/index.js'
import type { Candidate, DesignReport, TargetEstimate } from '../search/report.js'
import { targetsByWay, type WhoseTarget } from './answering-ways.js'
import { subjectOf } from './arithmetic-of.js'
import { recordMessage } from './record-messages.js'

/**
 * A target that only the middle of its range meets decides first; then a quality that nobody measured; then the widest
 * range. Null when nothing was predicted.
 */
export const nextMeasurement = (report: DesignReport): Message | null => {
  const subject = subjectOf(report)
  if (!subject) return null
  const targets = targetsByWay(subject)
  const doubtful = widest(targets.filter(({ met }) => met === 'possible'))
  if (doubtful) return ofTarget(doubtful, subject)
  if (subject.quality.kind === 'size-proxy' || subject.quality.kind === 'unknown')
    return recordMessage('planner.measure-quality', { model: subject.model })
  const range = widest(targets)
  return range
    ? ofTarget(range, subject)
    : recordMessage('planner.measure-anything', { candidate: subject.id })
}

const ratio = ({ estimate }: TargetEstimate) => estimate.high / Math.max(estimate.low, 1e-9)

const widest = (targets: readonly WhoseTarget[]): WhoseTarget | undefined =>
  [...targets].sort((a, b) => ratio(b) - ratio(a))[0]

const ofTarget = (target: WhoseTarget, subject: Candidate): Message => {
  const { whose } = target
  const api = subject.kind === 'hosted-api' ? subject.id : typeof whose === 'string' ? null : whose?.api
  return recordMessage('planner.measure-target', {
    target: target.id,
    low: target.estimate.low,
    high: target.estimate.high,
    unit: target.unit,
    ratio: ratio(target),
    op: target.op,
    limit: target.limit,
    decides: target.met === 'possible',
    on: api ?? [subject.engine, subject.precision, subject.accelerator].filter(Boolean).join(' '),
    isApi: api != null,
  })
}
