// One way to serve one open-weight model, as the search names and combines them.

import type { EngineName, Model } from '../../catalog/index.js'
import type { Requirements } from '../../spec/index.js'
import type { KvDtype } from '../memory/cache-cost.js'
import type { Build } from '../memory/layouts.js'
import type { Layout, ParameterSplit } from '../memory/memory.js'
import type { Packing } from './pack.js'
import type { Supply } from './rent.js'

/** As measured: `models.speculation` of the requirements. */
export type Speculation = Requirements['models']['speculation'][number]

export interface ServingOption {
  readonly model: Model
  readonly split: ParameterSplit
  readonly build: Build
  readonly engine: EngineName
  readonly supply: Supply
  readonly layout: Layout
  /** Default `auto`. */
  readonly kvDtype?: KvDtype
  readonly speculation?: Speculation
  /** Small models on the same accelerators. */
  readonly packing?: Packing
}

/** `model precision engine accelerator tp2pp2dp2ep kv-fp8 spec3`: what differs from the plain way comes last. */
export const optionId = (option: ServingOption): string => {
  const { model, build, engine, supply, layout, kvDtype, speculation, packing } = option
  const { name } = supply.accelerator
  return [
    model.name,
    build.precision,
    engine,
    supply.owned ? `owned-${name}` : name,
    layoutName(layout),
    ...(kvDtype === 'fp8' ? ['kv-fp8'] : []),
    ...(speculation ? [`spec${speculation.tokens}`] : []),
    ...(packing ? ['packed'] : []),
  ].join(' ')
}

const layoutName = ({ tensorParallel, pipelineParallel, dataParallel = 1, expertParallel }: Layout): string =>
  [
    `tp${tensorParallel}`,
    pipelineParallel > 1 ? `pp${pipelineParallel}` : '',
    dataParallel > 1 ? `dp${dataParallel}` : '',
    expertParallel ? 'ep' : '',
  ].join('')
