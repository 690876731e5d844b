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
  /** As whoever asked wrote it: `--max-model-len` of flags, `maxModelLen` of a file. */
  name(field: Field): string
  /** Fields that are not understood, with the nearest that is. */
  readonly unknown: readonly { readonly field: string; readonly suggestion: string | null }[]
}

/** Where a case is written: `flags` = options of the command line, `line` = one of a file. */
export type Origin = 'flags' | 'line'

/** @throws `cli.bad-argument` where a field stands twice in different spellings and with different values */
export const caseFields = (raw: Raw, origin: Origin, text: Text): CaseFields => {
  const values = new Map<Field, unknown>()
  const written = new Map<Field, string>()
  const unknown: { field: string; suggestion: string | null }[] = []
  for (const [name, value] of Object.entries(raw)) {
    if (value === null || value === undefined || remarks.has(plain(name))) continue
    const field = known.get(plain(name))
    if (!field) {
      unknown.push({ field: name, suggestion: suggest(plain(name), known.keys()) ?? null })
      continue
    }
    const other = written.get(field)
    if (other !== undefined && String(values.get(field)) !== String(value))
      throw cliError('cli.bad-argument', {
        detail: text(
          `${other} and ${name} are the same field, with different values: ${shown(values.get(field))} and ${shown(value)}. Keep one.`,
          `${other} 與 ${name} 是同一欄位，值卻不同：${shown(values.get(field))} 與 ${shown(value)}。請只留一個。`,
        ),
      })
    values.set(field, value)
    written.set(field, name)
  }
  const name = (field: Field) => {
    const spelled = written.get(field) ?? field
    return origin === 'flags'
      ? `--${spelled.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
      : spelled
  }
  return { values, unknown, name }
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

type Text = CommandContext['text']

/** A number of a case, written as a number or as text (`131072`, `0.9`, `128K`). @throws `cli.bad-argument` */
export const numberField = (
  { values, name }: CaseFields,
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
      `${name(field)}: "${shown(written)}" is not a ${whole ? 'whole ' : ''}number ${range}.`,
      `${name(field)}：「${shown(written)}」不是${whole ? '整數' : '數字'}（${range}）。`,
    ),
  })
}

/** As vLLM reads them (`human_readable_int`): `8k` is 8,000 and `8K` is 8,192. */
const units: Readonly<Record<string, number>> = { k: 1000, m: 1000 ** 2, K: 1024, M: 1024 ** 2 }

/** `131072`, `0.9`, `25.6k`, `128K`; NaN for what is no number, and for parts of 1,024, which vLLM refuses. */
export const readNumber = (written: string): number => {
  const plain = written.trim() === '' ? Number.NaN : Number(written)
  if (Number.isFinite(plain)) return plain
  const [, digits = '', unit = ''] = /^\s*(\d[\d,_]*(?:\.\d+)?)\s*([kKmM]?)\s*$/.exec(written) ?? []
  const value = digits === '' ? Number.NaN : Number(digits.replace(/[,_]/g, ''))
  if (unit === '') return value
  if (/[KM]/.test(unit) && digits.includes('.')) return Number.NaN
  return Math.round(value * (units[unit] ?? 1))
}

/** Yes or no, in the words people use for it. @throws `cli.bad-argument` */
export const flagField = ({ values, name }: CaseFields, field: Field, text: Text): boolean | undefined => {
  const written = values.get(field)
  if (written === undefined || typeof written === 'boolean') return written
  if (written === 1 || /^(true|1|yes|on)$/i.test(String(written))) return true
  if (written === 0 || /^(false|0|no|off|none)$/i.test(String(written))) return false
  throw cliError('cli.bad-argument', {
    detail: text(
      `${name(field)}: "${shown(written)}" is neither true nor false.`,
      `${name(field)}：「${shown(written)}」不是 true 或 false。`,
    ),
  })
}

/** @throws `cli.bad-argument` where something else than a word or a number is written */
export const textField = ({ values, name }: CaseFields, field: Field, text: Text): string | undefined => {
  const written = values.get(field)
  if (written === undefined) return undefined
  if (typeof written === 'string' || typeof written === 'number') return String(written)
  throw cliError('cli.bad-argument', {
    detail: text(
      `${name(field)}: ${shown(written)} is not a text.`,
      `${name(field)}：${shown(written)} 不是文字。`,
    ),
  })
}
