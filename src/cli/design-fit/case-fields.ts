// The fields of one case of `design fit`, under every spelling that people use. Knows no model and no engine's rules.

import { suggest } from '../../core/index.js'
import type { CommandContext } from '../command-context.js'
import { cliError } from '../messages.js'

export type Raw = Readonly<Record<string, unknown>>

/** Other names of a field, written together and in lower case. */
const spellings = {
  model: ['modelid', 'modelname', 'modelpath', 'modelidorpath'],
  gpu: ['accelerator', 'gpuname', 'gputype', 'card', 'device', 'hardware'],
  count: ['gpucount', 'numgpus', 'ngpus', 'gpus', 'cards', 'acceleratorcount', 'numaccelerators'],
  gpumemorygib: ['gpumemory', 'memorygib', 'vramgib', 'totalgpumemory', 'totalgpumemorygib'],
  engine: ['backend', 'server', 'framework'],
  engineversion: ['version', 'vllmversion', 'sglangversion'],
  quantization: ['quant', 'precision', 'weightformat', 'weightdtype'],
  kvdtype: ['kvcachedtype', 'kvcachetype', 'kvquant', 'kv'],
  tp: ['tensorparallel', 'tensorparallelsize', 'tpsize'],
  pp: ['pipelineparallel', 'pipelineparallelsize', 'ppsize'],
  ep: ['expertparallel', 'expertparallelsize', 'enableexpertparallel', 'epsize'],
  dp: ['dataparallel', 'dataparallelsize', 'dpsize'],
  dcp: ['decodecontextparallel', 'decodecontextparallelsize', 'dcpsize'],
  maxmodellen: [
    'maxmodellength',
    'maxlen',
    'contextlength',
    'contextlen',
    'ctxsize',
    'maxseqlen',
    'context',
    'maxcontext',
  ],
  gpumemoryutilization: [
    'gpumemoryutilisation',
    'memfractionstatic',
    'utilization',
    'gpumemutil',
    'kvcachefreegpumemfraction',
  ],
  maxnumseqs: ['maxnumsequences', 'maxrunningrequests', 'maxbatchsize', 'maxseqs', 'parallel'],
  maxnumbatchedtokens: ['chunkedprefillsize', 'maxnumtokens', 'maxbatchprefilltokens'],
  speculative: ['speculativeconfig', 'speculation', 'speculativedecoding'],
  load: ['workload', 'traffic'],
  enforceeager: ['eager'],
  enableprefixcaching: ['prefixcaching', 'prefixcache'],
  noenableprefixcaching: ['noprefixcaching', 'disableradixcache'],
  enablechunkedprefill: ['chunkedprefill'],
  languagemodelonly: ['textonly', 'novision'],
  kvcachememorybytes: ['kvcachememory'],
  blocksize: ['pagesize'],
  maxloras: ['loras', 'adapters'],
  maxlorarank: ['lorarank'],
} as const

export type Field = keyof typeof spellings

/** Fields that say something about a case, not about the deployment. */
const remarks = new Set([
  'id',
  'name',
  'note',
  'notes',
  'comment',
  'label',
  'source',
  'date',
  'url',
  'expected',
  'printed',
])

const known = new Map<string, Field>(
  (Object.keys(spellings) as Field[]).flatMap(
    (field) => [[field, field], ...spellings[field].map((other) => [other, field])] as [string, Field][],
  ),
)

const plain = (name: string) =>
  name
    .replace(/^-+/, '')
    .replace(/[^a-z0-9]/gi, '')
    .toLowerCase()

export interface CaseFields {
  readonly values: ReadonlyMap<Field, unknown>
  /** Fields that are not understood, with the nearest that is. */
  readonly unknown: readonly { readonly field: string; readonly suggestion: string | null }[]
}

export const caseFields = (raw: Raw): CaseFields => {
  const values = new Map<Field, unknown>()
  const unknown: { field: string; suggestion: string | null }[] = []
  for (const [name, value] of Object.entries(raw)) {
    if (value === null || value === undefined || remarks.has(plain(name))) continue
    const field = known.get(plain(name))
    if (field) values.set(field, value)
    else unknown.push({ field: name, suggestion: suggest(plain(name), known.keys()) ?? null })
  }
  return { values, unknown }
}

type Text = CommandContext['text']

/** A number of a case, written as a number or as text (`131072`, `0.9`, `128k`). @throws `cli.bad-argument` */
export const numberField = (
  { values }: CaseFields,
  field: Field,
  text: Text,
  {
    least,
    most = Number.POSITIVE_INFINITY,
    whole = true,
  }: { readonly least: number; readonly most?: number; readonly whole?: boolean },
): number | undefined => {
  const written = values.get(field)
  if (written === undefined) return undefined
  const value = typeof written === 'number' ? written : readNumber(String(written))
  if (Number.isFinite(value) && (!whole || Number.isSafeInteger(value)) && value >= least && value <= most)
    return value
  const range = most === Number.POSITIVE_INFINITY ? `>= ${least}` : `${least}-${most}`
  throw cliError('cli.bad-argument', {
    detail: text(
      `${field}: "${String(written)}" is not a ${whole ? 'whole ' : ''}number ${range}.`,
      `${field}：「${String(written)}」不是${whole ? '整數' : '數字'}（${range}）。`,
    ),
  })
}

const readNumber = (written: string): number => {
  const found = /^\s*(\d[\d,_]*(?:\.\d+)?)\s*([kKmM]?)\s*$/.exec(written)
  if (!found) return Number.NaN
  const unit = { '': 1, k: 1024, m: 1024 ** 2 }[(found[2] ?? '').toLowerCase() as '' | 'k' | 'm']
  return Number((found[1] ?? '').replace(/[,_]/g, '')) * unit
}

export const flagField = ({ values }: CaseFields, field: Field): boolean | undefined => {
  const written = values.get(field)
  if (written === undefined) return undefined
  return !(written === false || written === 0 || /^(false|0|no|off|none)$/i.test(String(written)))
}

export const textField = ({ values }: CaseFields, field: Field): string | undefined => {
  const written = values.get(field)
  return written === undefined ? undefined : String(written)
}
