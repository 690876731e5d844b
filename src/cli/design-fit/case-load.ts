// The load and the drafting of a case, as text (`input=1000,output=200,concurrency=8`, `mtp:2:0.8`) or as objects.

import type { FitRequest } from '../../planner/index.js'
import type { CommandContext } from '../command-context.js'
import { didYouMean } from '../did-you-mean.js'
import { cliError } from '../messages.js'
import { readNumber } from './case-fields.js'

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

/** Ranges within which a load can be one. */
const ranges: Readonly<
  Record<string, { readonly least: number; readonly most: number; readonly whole: boolean }>
> = {
  input: { least: 1, most: 100_000_000, whole: true },
  output: { least: 1, most: 100_000_000, whole: true },
  concurrency: { least: 1, most: 1_000_000, whole: true },
  rps: { least: 1e-6, most: 1_000_000, whole: false },
  prefix: { least: 0, most: 100_000_000, whole: true },
  prefixes: { least: 1, most: 100_000_000, whole: true },
}

/** @param name of the field, as it was written. @throws `cli.bad-argument` */
export const readLoad = (written: unknown, name: string, text: Text): Load | null => {
  if (written === undefined) return null
  const fields = new Map<string, number>()
  for (const [part, value] of pairsOf(written)) {
    const known = names[part.toLowerCase().replace(/[^a-z]/g, '')]
    if (known === undefined) throw notUnderstood(part, name, text)
    if (fields.has(known))
      throw cliError('cli.bad-argument', {
        detail: text(
          `${name}: ${known} is given twice. Keep one.`,
          `${name}：${known} 給了兩次。請只留一個。`,
        ),
      })
    fields.set(known, partOf(value, { name, part, known }, text))
  }
  const [input, output, prefix] = [fields.get('input'), fields.get('output'), fields.get('prefix') ?? 0]
  const [concurrency, rate] = [fields.get('concurrency') ?? null, fields.get('rps') ?? null]
  if (input === undefined || output === undefined)
    throw cliError('cli.bad-argument', {
      detail: text(
        `${name}: the lengths are missing. Add input=N and output=N (tokens).`,
        `${name}：缺少長度。請加上 input=N 與 output=N（詞元）。`,
      ),
    })
  if ((concurrency === null) === (rate === null))
    throw cliError('cli.bad-argument', {
      detail:
        rate === null
          ? text(
              `${name}: how much at once is missing. Add concurrency=N (requests in flight) or rps=X (requests/s).`,
              `${name}：缺少負載量。請加上 concurrency=N（同時處理的請求數）或 rps=X（每秒請求數）。`,
            )
          : text(
              `${name}: concurrency and rps are both given. Keep one.`,
              `${name}：同時給了 concurrency 與 rps。請只留一個。`,
            ),
    })
  if (prefix > input)
    throw cliError('cli.bad-argument', {
      detail: text(
        `${name}: a prefix of ${prefix} tokens cannot be part of a prompt of ${input}.`,
        `${name}：${prefix} 個詞元的前綴不可能屬於只有 ${input} 個詞元的提示。`,
      ),
    })
  return {
    inputTokens: input,
    outputTokens: output,
    concurrency,
    requestsPerSecond: rate,
    prefixTokens: prefix,
    prefixes: fields.get('prefixes') ?? 1,
  }
}

const notUnderstood = (part: string, name: string, text: Text) => {
  const near = didYouMean(part.toLowerCase(), Object.keys(names), text)
  const parts = Object.keys(ranges)
  return cliError('cli.bad-argument', {
    detail: text(
      `${name}: "${part}" is no part of a load.${near || ` Parts: ${parts.join(', ')}.`}`,
      `${name}：「${part}」不是負載的一部分。${near || `可用：${parts.join('、')}。`}`,
    ),
  })
}

const partOf = (
  value: unknown,
  { name, part, known }: { readonly name: string; readonly part: string; readonly known: string },
  text: Text,
): number => {
  const { least, most, whole } = ranges[known] ?? { least: 0, most: 0, whole: true }
  const number = typeof value === 'number' ? value : readNumber(String(value))
  if (number >= least && number <= most && (!whole || Number.isSafeInteger(number))) return number
  throw cliError('cli.bad-argument', {
    detail: text(
      `${name}: ${part}=${String(value)} is not a ${whole ? 'whole ' : ''}number from ${least} to ${most}.`,
      `${name}：${part}=${String(value)} 不是 ${least} 至 ${most} 的${whole ? '整數' : '數字'}。`,
    ),
  })
}

/** @param name of the field, as it was written. @throws `cli.bad-argument` */
export const readSpeculation = (written: unknown, name: string, text: Text): Speculation | null => {
  if (written === undefined || written === 'none') return null
  if (typeof written === 'object' && written !== null) {
    const object = written as Readonly<Record<string, unknown>>
    const tokens = object.tokens ?? object.num_speculative_tokens ?? object.numSpeculativeTokens
    return checked(String(object.method ?? 'draft'), tokens, object.acceptance ?? object.acceptanceRate, {
      name,
      text,
    })
  }
  const [method = '', tokens, acceptance] = String(written).split(':')
  return checked(method, tokens, acceptance, { name, text })
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

const checked = (
  method: string,
  tokens: unknown,
  acceptance: unknown,
  { name, text }: { readonly name: string; readonly text: Text },
): Speculation => {
  const count = Number(tokens)
  const chance = acceptance === undefined || acceptance === null ? null : Number(acceptance)
  if (method !== '' && !knownMethod.test(method)) {
    const near = didYouMean(method.toLowerCase(), methods, text)
    throw cliError('cli.bad-argument', {
      detail: text(
        `${name}: "${method}" is not a method of drafting.${near || ` Known: ${methods.join(', ')}.`}`,
        `${name}：「${method}」不是草擬方法。${near || `可用：${methods.join('、')}。`}`,
      ),
    })
  }
  if (method === '' || !Number.isSafeInteger(count) || count < 1 || count > 64)
    throw cliError('cli.bad-argument', {
      detail: text(
        `${name}: write METHOD:TOKENS[:ACCEPTANCE], with 1 to 64 tokens, as mtp:2:0.8.`,
        `${name}：請寫成 METHOD:TOKENS[:ACCEPTANCE]，詞元數為 1 至 64，例如 mtp:2:0.8。`,
      ),
    })
  if (chance !== null && !(chance >= 0 && chance <= 1))
    throw cliError('cli.bad-argument', {
      detail: text(
        `${name}: an acceptance of ${String(acceptance)} is not a number from 0 to 1.`,
        `${name}：接受率 ${String(acceptance)} 不是 0 至 1 的數字。`,
      ),
    })
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
