// Times and budgets below what the fastest or cheapest machine that may be used allows, by its peak figures alone:
// no queue, no overhead, no efficiency. What is found here, no planner and no tuning can meet.

import type { Accelerator, Catalogue, Model } from '../../catalog/index.js'
import { bytesPerGiB, hoursPerMonth } from '../../core/index.js'
import type { Requirements, SpeedTarget } from '../../spec/index.js'
import { weightsOf } from '../memory/weights.js'
import { ownedAccelerator } from '../search/owned-accelerator.js'
import { listOffers } from '../search/rent.js'
import { targetValue } from '../search/target.js'
import { sufficientModels } from './allowed-models.js'
import type { Conflict } from './assessment.js'
import { conflictMessage } from './conflict-messages.js'
import { outputTokensOf } from './latency-conflicts.js'
import type { Workload } from './workload.js'

/** Only where hosted APIs are out: how they run, nobody knows. */
export const physicalConflicts = (
  requirements: Requirements,
  workload: Workload,
  catalogue: Catalogue,
): readonly Conflict[] => {
  const { allowed, ownedOnly } = requirements.hosting
  if (allowed.includes('hosted-api') && !ownedOnly) return []
  const models = sufficientModels(requirements, catalogue)
  const machines = machinesOf(requirements, catalogue)
  return [
    ...firstToken({ requirements, workload, models, machines }),
    ...eachToken({ requirements, models, machines }),
    ...wholeAnswer({ requirements, models, machines }),
    ...budgetBelowReplica(requirements, { models, catalogue }),
  ]
}

interface Machine {
  readonly accelerator: Accelerator
  readonly count: number
}

/** The largest machine of each kind that may be used. */
const machinesOf = ({ hosting }: Requirements, catalogue: Catalogue): readonly Machine[] => {
  const owned = hosting.owned.flatMap((hardware) => {
    const accelerator = ownedAccelerator(hardware, catalogue)
    return accelerator ? [{ accelerator, count: Math.min(hardware.count, accelerator.perNode) }] : []
  })
  if (hosting.ownedOnly) return owned
  const rented = catalogue.accelerators.filter(({ name }) => listOffers(catalogue, name).length > 0)
  return [...owned, ...rented.map((accelerator) => ({ accelerator, count: accelerator.perNode }))]
}

const fastestTflops = ({ bf16Tflops, fp8Tflops, fp4Tflops, int8Tops }: Accelerator): number =>
  Math.max(bf16Tflops ?? 0, fp8Tflops ?? 0, fp4Tflops ?? 0, int8Tops ?? 0)

interface Floor {
  readonly model: string
  readonly activeB: number
  readonly machine: Machine
  readonly floorMs: number
}

/** The model and machine with the lowest floor; null when nothing is known of either. */
const lowest = (
  models: readonly Model[],
  machines: readonly Machine[],
  floorMsOf: (activeB: number, machine: Machine) => number | null,
): Floor | null => {
  let best: Floor | null = null
  for (const { name, activeParametersB, parametersB } of models) {
    const activeB = activeParametersB ?? parametersB
    if (activeB === null) continue
    for (const machine of machines) {
      const floorMs = floorMsOf(activeB, machine)
      if (floorMs !== null && (best === null || floorMs < best.floorMs))
        best = { model: name, activeB, machine, floorMs }
    }
  }
  return best
}

interface Physics {
  readonly requirements: Requirements
  readonly models: readonly Model[]
  readonly machines: readonly Machine[]
}

/** Prompt of the target's percentile x 2 operations for each active weight, at the peak rate. */
const firstToken = ({
  requirements,
  workload,
  models,
  machines,
}: Physics & { readonly workload: Workload }): Conflict[] =>
  timesOf(requirements, 'ttft').flatMap((target): Conflict[] => {
    const cached = target.cache === 'warm' ? workload.sharedPrefixTokens : 0
    const whole =
      target.lengths === 'workload'
        ? workload.inputTokens.quantile(target.percentile / 100)
        : target.lengths.inputTokens
    const tokens = Math.max(1, whole - cached)
    const floor = lowest(models, machines, (activeB, { accelerator, count }) => {
      const tflops = fastestTflops(accelerator)
      return tflops > 0 ? (2 * activeB * tokens) / (tflops * count) : null
    })
    const limitMs = targetValue(target)
    if (!floor || floor.floorMs <= limitMs) return []
    const message = conflictMessage('planner.first-token-below-physics', { ...shown(target, floor), tokens })
    return [{ kind: 'contradiction', between: [target.id, 'scale.lengths', 'models'], message }]
  })

/** Active weights in four bits over the bandwidth of the whole machine. */
const eachToken = ({ requirements, models, machines }: Physics): Conflict[] =>
  timesOf(requirements, 'tpot').flatMap((target): Conflict[] => {
    const floor = lowest(models, machines, tokenMs)
    const limitMs = targetValue(target)
    if (!floor || floor.floorMs <= limitMs) return []
    const message = conflictMessage('planner.token-below-physics', shown(target, floor))
    return [{ kind: 'contradiction', between: [target.id, 'models'], message }]
  })

/** Every token after the first reads the weights again, unless several are drafted at a time. */
const wholeAnswer = ({ requirements, models, machines }: Physics): Conflict[] =>
  timesOf(requirements, 'e2e').flatMap((target): Conflict[] => {
    if (requirements.models.speculation.length > 0) return []
    const tokens = outputTokensOf(target, requirements)
    const floor = lowest(models, machines, (activeB, machine) => {
      const eachMs = tokenMs(activeB, machine)
      return eachMs === null ? null : eachMs * (tokens - 1)
    })
    const limitMs = targetValue(target)
    if (!floor || floor.floorMs <= limitMs) return []
    const message = conflictMessage('planner.answer-below-physics', { ...shown(target, floor), tokens })
    return [{ kind: 'contradiction', between: [target.id, 'scale.lengths', 'models'], message }]
  })

const tokenMs = (activeB: number, { accelerator, count }: Machine): number | null =>
  accelerator.bandwidthGBps === null ? null : (activeB * 0.5 * 1000) / (accelerator.bandwidthGBps * count)

const timesOf = ({ performance }: Requirements, metric: SpeedTarget['metric']) =>
  performance.targets.filter((target) => target.metric === metric && target.op.startsWith('<'))

const shown = (target: SpeedTarget, { model, activeB, machine, floorMs }: Floor) => ({
  target: target.id,
  limitMs: targetValue(target),
  floorMs,
  model,
  activeB,
  count: machine.count,
  accelerator: machine.accelerator.label,
})

/** The cheapest list price that holds the smallest sufficient model in four bits, for every replica that always runs. */
const budgetBelowReplica = (
  { budget, availability, hosting }: Requirements,
  { models, catalogue }: { readonly models: readonly Model[]; readonly catalogue: Catalogue },
): Conflict[] => {
  const { monthlyUsd } = budget
  if (monthlyUsd === undefined || hosting.owned.length > 0 || availability.scaleToZero) return []
  const { minReplicas, survivesReplicaLoss, regions } = availability
  const replicas = (Math.max(1, minReplicas) + (survivesReplicaLoss ? 1 : 0)) * regions
  const ways = models.flatMap((model) => {
    if (model.parametersB === null) return []
    const sharding = { tensorParallel: 1, pipelineParallel: 1 }
    const weightsGiB = weightsOf(model, { sharding, precision: 'int4' }).total / bytesPerGiB
    return catalogue.accelerators.flatMap(({ name, label, memoryGiB }) => {
      const accelerators = Math.ceil(weightsGiB / (memoryGiB ?? 0))
      return listOffers(catalogue, name)
        .filter(({ instanceSize }) => instanceSize === null || instanceSize >= accelerators)
        .map(({ provider, usdPerHour, instanceSize }) => {
          const size = instanceSize ?? 1
          const paid = Math.ceil((accelerators * replicas) / size) * size
          return {
            leastUsd: paid * usdPerHour * hoursPerMonth,
            model: model.name,
            accelerators,
            accelerator: label,
            provider,
          }
        })
    })
  })
  const least = ways
    .filter(({ leastUsd }) => Number.isFinite(leastUsd))
    .sort((a, b) => a.leastUsd - b.leastUsd)[0]
  if (!least || least.leastUsd <= monthlyUsd) return []
  return [
    {
      kind: 'contradiction',
      between: ['budget.monthlyUsd', 'availability', 'models'],
      message: conflictMessage('planner.budget-below-replica', { ...least, budgetUsd: monthlyUsd, replicas }),
    },
  ]
}
