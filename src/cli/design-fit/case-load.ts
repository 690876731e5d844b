// The load and the drafting of a case, as text (`input=1000,output=200,concurrency=8`, `mtp:2:0.8`) or as objects.

import { suggest } from '../../core/index.js'
import type { FitRequest } from '../../planner/index.js'
import type { CommandContext } from '../command-context.js'
import { cliError } from '../messages.js'

type Text = CommandContext['text']
type Load = NonNullable<FitRequest['load']>
type Speculation = NonNullable<FitRequest['speculation']>

const names: Readonly<Record<string, string>> = {
  input: 'input',
  inputtokens: 'input',
  isl: 'input',
  prompt: 'input',
  output: 'output',
  outputtokens: 'output',
  osl: 'output',
  concurrency: 'concurrency',
  users: 'concurrency',
  rps: 'rps',
  requestspersecond: 'rps',
  rate: 'rps',
  prefix: 'prefix',
  prefixtokens: 'prefix',
  prefixes: 'prefixes',
}

/** @throws `cli.bad-argument` */
export const readLoad = (written: unknown, text: Text): Load | null => {
  if (written === undefined) return null
  const fields = new Map<string, number>()
  for (const [name, value] of pairsOf(written)) {
    const known = names[name.toLowerCase().replace(/[^a-z]/g, '')]
    const number = typeof value === 'number' ? value : Number(value)
    if (known === undefined || !Number.isFinite(number) || number < 0)
      throw bad(text, `load: "${name}=${String(value)}"`)
    fields.set(known, number)
  }
  const input = fields.get('input')
  const output = fields.get('output')
  const concurrency = fields.get('concurrency') ?? null
  const rate = fields.get('rps') ?? null
  if (!input || !output) throw bad(text, 'load: input=N, output=N')
  if ((concurrency === null) === (rate === null)) throw bad(text, 'load: concurrency=N | rps=X')
  if (concurrency === 0 || rate === 0) throw bad(text, 'load: 0')
  return {
    inputTokens: input,
    outputTokens: output,
    concurrency,
    requestsPerSecond: rate,
    prefixTokens: fields.get('prefix') ?? 0,
    prefixes: fields.get('prefixes') ?? 1,
  }
}

/** @throws `cli.bad-argument` */
export const readSpeculation = (written: unknown, text: Text): Speculation | null => {
  if (written === undefined || written === 'none') return null
  if (typeof written === 'object' && written !== null) {
    const object = written as Readonly<Record<string, unknown>>
    const tokens = object['tokens'] ?? object['num_speculative_tokens'] ?? object['numSpeculativeTokens']
    return checked(
      String(object['method'] ?? 'draft'),
      tokens,
      object['acceptance'] ?? object['acceptanceRate'],
      text,
    )
  }
  const [method = '', tokens, acceptance] = String(written).split(':')
  return checked(method, tokens, acceptance, text)
}

/** As vLLM and SGLang call them. */
const methods = [
  'ngram',
  'suffix',
  'eagle',
  'eagle3',
  'mtp',
  'nextn',
  'draft_model',
  'medusa',
  'mlp_speculator',
]
const knownMethod = /ngram|suffix|eagle|mtp|nextn|draft|model|medusa|mlp|standalone|lookahead/i

const checked = (method: string, tokens: unknown, acceptance: unknown, text: Text): Speculation => {
  const count = Number(tokens)
  const chance = acceptance === undefined || acceptance === null ? null : Number(acceptance)
  if (method !== '' && !knownMethod.test(method)) {
    const nearest = suggest(method.toLowerCase(), methods)
    throw bad(text, `speculative: ${method}${nearest ? ` (${nearest}?)` : ` (${methods.join(', ')})`}`)
  }
  if (method === '' || !Number.isSafeInteger(count) || count < 1 || count > 64)
    throw bad(text, 'speculative: METHOD:TOKENS[:ACCEPTANCE]')
  if (chance !== null && !(chance >= 0 && chance <= 1))
    throw bad(text, `speculative: ${String(acceptance)} (0-1)`)
  return { method, tokens: count, acceptance: chance }
}

const pairsOf = (written: unknown): readonly (readonly [string, unknown])[] => {
  if (typeof written === 'object' && written !== null) return Object.entries(written)
  return String(written)
    .split(',')
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const [name = '', value = ''] = part.split('=')
      return [name.trim(), value.trim()] as const
    })
}

const bad = (text: Text, detail: string) =>
  cliError('cli.bad-argument', { detail: text(`Not understood: ${detail}.`, `無法理解：${detail}。`) })
