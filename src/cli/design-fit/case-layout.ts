// How a case spreads the model over accelerators, and whether its parts agree. Knows no model.

import type { EngineName } from '../../catalog/index.js'
import type { CommandContext } from '../command-context.js'
import { cliError } from '../messages.js'
import { type CaseFields, type Field, numberField } from './case-fields.js'

type Text = CommandContext['text']

/** More than any published deployment, and far below what arithmetic can hold. */
const mostAccelerators = 65_536

export interface CaseLayout {
  readonly count: number
  readonly tensorParallel: number
  readonly pipelineParallel: number
  readonly dataParallel: number
  readonly expertParallel: boolean
  readonly decodeContextParallel: number
}

interface LayoutOptions {
  /** Of the accelerator's name, `4xL40S`. */
  readonly multiple: number
  readonly engine: EngineName
  readonly text: Text
}

/**
 * Over all accelerators unless something else is said: by tensor parallelism, or by layers as llama.cpp does.
 * @throws `cli.bad-argument`
 */
export const layoutOf = (fields: CaseFields, { multiple, engine, text }: LayoutOptions): CaseLayout => {
  const whole = (field: Field) => numberField(fields, field, text, { least: 1, most: mostAccelerators })
  const [tp, stages, dp, given] = [whole('tp'), whole('pp'), whole('dp') ?? 1, whole('count')]
  if (given !== undefined && multiple > 1 && given !== multiple)
    throw cliError('cli.bad-argument', {
      detail: text(
        `${fields.name('gpu')} names ${multiple} accelerators ("${String(fields.values.get('gpu'))}"), ${fields.name('count')} says ${given}. Say one of them.`,
        `${fields.name('gpu')} 指名 ${multiple} 個加速器（「${String(fields.values.get('gpu'))}」），${fields.name('count')} 卻是 ${given}。請只說其一。`,
      ),
    })
  const count = given ?? (multiple > 1 ? multiple : (tp ?? 1) * (stages ?? 1) * dp)
  const isByLayers = engine === 'llama.cpp' && tp === undefined
  const pipelineParallel = stages ?? (isByLayers ? Math.max(1, Math.floor(count / dp)) : 1)
  const tensorParallel = tp ?? (isByLayers ? 1 : Math.max(1, Math.floor(count / (pipelineParallel * dp))))
  return {
    count,
    tensorParallel,
    pipelineParallel,
    dataParallel: dp,
    expertParallel: wholeExperts(fields, tensorParallel * dp, text),
    decodeContextParallel: whole('dcp') ?? 1,
  }
}

/** vLLM has a switch, SGLang a number of accelerators; both may be written. */
const wholeExperts = (fields: CaseFields, most: number, text: Text): boolean => {
  const written = fields.values.get('ep')
  if (written === undefined || typeof written === 'boolean') return written ?? false
  if (/^(true|yes|on)$/i.test(String(written))) return true
  if (/^(false|no|off|none|0)$/i.test(String(written))) return false
  return (numberField(fields, 'ep', text, { least: 1, most: Math.max(1, most) }) ?? 1) > 1
}
