// The answer to a `get_llm_context` query of an agent protocol, read as a draft of requirements.
// Agents answer in prose as often as in numbers: what can be read becomes a field, the rest a note or a question.

import { z } from 'zod'
import type { RequirementsDraft } from './draft-requirements.js'
import { specError } from './messages.js'
import { presets, type UseCaseKind } from './presets.js'

const section = z.union([z.string(), z.number(), z.array(z.unknown()), z.record(z.string(), z.unknown())])

/** The six fields of the query; an answer may also stand under `payload`, `context` or `answer`. */
const answerSchema = z.object({
  use_case: section.optional(),
  performance: section.optional(),
  scale: section.optional(),
  safety: section.optional(),
  budget: section.optional(),
  integration: section.optional(),
})
const fields = ['use_case', 'performance', 'scale', 'safety', 'budget', 'integration'] as const

export interface ContextReading {
  readonly draft: RequirementsDraft
  /** The fields that were not answered, or not with a number where one is needed. */
  readonly open: readonly ('use-case' | 'performance' | 'scale' | 'budget')[]
}

/**
 * Reads the answer to a `get_llm_context` query.
 * @param text JSON
 * @throws `spec.bad-context` when it is no JSON object with one of the six fields
 */
export const readContextAnswer = (text: string): ContextReading => {
  const answer = answerOf(text)
  const prose = Object.fromEntries(fields.map((field) => [field, flatten(answer[field])])) as Record<
    (typeof fields)[number],
    string
  >
  const kind = kindOf(prose.use_case)
  const ttftMs = durationMs(prose.performance)
  const peak = ratePerSecond(prose.scale)
  const monthlyUsd = usdPerMonth(prose.budget)
  return {
    draft: {
      name: 'my-system',
      kind: kind ?? 'chat',
      peakRequestsPerSecond: peak ?? 1,
      ...(prose.use_case ? { description: prose.use_case } : {}),
      ...(/中文|chinese|zh/i.test(text) ? { languages: ['zh-TW', 'en'] } : {}),
      ...(ttftMs === undefined ? {} : { ttftMs }),
      ...(monthlyUsd === undefined ? {} : { monthlyUsd }),
      integrations: integrationsOf(answer.integration),
      notes: fields.flatMap((field) => (prose[field] ? [`${field}: ${prose[field]}`] : [])),
    },
    open: [
      ...(kind ? [] : (['use-case'] as const)),
      ...(ttftMs === undefined ? (['performance'] as const) : []),
      ...(peak === undefined ? (['scale'] as const) : []),
      ...(monthlyUsd === undefined ? (['budget'] as const) : []),
    ],
  }
}

const answerOf = (text: string): z.infer<typeof answerSchema> => {
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch (cause) {
    throw specError('spec.bad-context', { detail: (cause as Error).message }, { cause })
  }
  for (const candidate of candidatesOf(data)) {
    const parsed = answerSchema.safeParse(candidate)
    if (parsed.success && fields.some((field) => parsed.data[field] !== undefined)) return parsed.data
  }
  throw specError('spec.bad-context', { detail: `none of ${fields.join(', ')} is there` })
}

const candidatesOf = (data: unknown): Record<string, unknown>[] => {
  if (!data || typeof data !== 'object') return []
  const here = Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key
        .replace(/([a-z])([A-Z])/g, '$1_$2')
        .replace(/[\s-]/g, '_')
        .toLowerCase(),
      value,
    ]),
  )
  if (here.integrations !== undefined) here.integration ??= here.integrations
  return [here, ...['payload', 'context', 'answer', 'llm_context'].flatMap((key) => candidatesOf(here[key]))]
}

const flatten = (value: unknown): string => {
  if (value === undefined || value === null) return ''
  if (Array.isArray(value)) return value.map(flatten).join(', ')
  if (typeof value === 'object')
    return Object.entries(value)
      .map(([key, inner]) => `${key.replace(/_/g, ' ')} ${flatten(inner)}`)
      .join(', ')
  return String(value)
}

const kindPatterns: readonly [UseCaseKind, RegExp][] = [
  ['rag-qa', /\brag\b|retriev|knowledge|documents?|faq|support|文件|知識|客服/i],
  ['coding', /\bcod(e|ing)\b|program|developer|程式/i],
  ['extraction', /extract|invoice|structured|parse|擷取|抽取/i],
  ['classification', /classif|label|categor|intent|triage|分類/i],
  ['agent', /\bagent|tools?\b|autonom|workflow|代理/i],
  ['chat', /chat|conversation|assistant|聊天|對話/i],
]
const kindOf = (text: string): UseCaseKind | undefined =>
  (Object.keys(presets) as UseCaseKind[]).find((kind) => text.trim().toLowerCase() === kind) ??
  kindPatterns.find(([, pattern]) => pattern.test(text))?.[0]

const numberOf = (text: string | undefined) =>
  text === undefined ? undefined : Number(text.replace(/,/g, ''))

const durationMs = (text: string): number | undefined => {
  const match =
    /([\d,.]+)\s*(ms|milliseconds?|毫秒|s\b|sec|seconds?|秒)/i.exec(text) ??
    /(?:latency|p95|ttft)\D{0,12}([\d,.]+)/i.exec(text)
  const value = numberOf(match?.[1])
  if (!value) return undefined
  return /^(s|sec|seconds?|秒)$/i.test(match?.[2] ?? 'ms') ? value * 1000 : value
}

const ratePerSecond = (text: string): number | undefined => {
  const direct =
    /([\d,.]+)\s*(?:rps|qps|req(?:uests?)?\s*(?:\/|per)\s*s(?:ec(?:ond)?)?|次\s*\/\s*秒)/i.exec(text) ??
    /requests per second\D{0,4}([\d,.]+)/i.exec(text)
  if (direct) return numberOf(direct[1]) || undefined
  const daily =
    /([\d,.]+)\s*(k|m|million)?\s*(?:requests?|queries|conversations?|次)?\s*(?:\/|per|a|每)\s*(?:day|日|天)/i.exec(
      text,
    )
  const value = numberOf(daily?.[1])
  if (!value) return undefined
  const scale = /^k$/i.test(daily?.[2] ?? '') ? 1e3 : daily?.[2] ? 1e6 : 1
  // Peak over mean of a day of office hours; stated in the note, so that the reader can correct it.
  return Number(((value * scale * 3) / 86_400).toPrecision(2))
}

const usdPerMonth = (text: string): number | undefined => {
  const match =
    /\$\s*([\d,.]+)\s*(k|m)?/i.exec(text) ??
    /([\d,.]+)\s*(k|m)?\s*(?:usd|us dollars|美元)/i.exec(text) ??
    /usd\D{0,8}([\d,.]+)/i.exec(text)
  const value = numberOf(match?.[1])
  if (!value) return undefined
  const scale = /^k$/i.test(match?.[2] ?? '') ? 1e3 : /^m$/i.test(match?.[2] ?? '') ? 1e6 : 1
  return /year|annual|年/i.test(text) ? (value * scale) / 12 : value * scale
}

const integrationsOf = (value: unknown): { kind: string; name: string }[] => {
  const names = Array.isArray(value) ? value : typeof value === 'string' ? value.split(/[,;、，]/) : []
  return names
    .map((name) => flatten(name).trim())
    .filter((name) => name !== '')
    .map((name) => ({ kind: 'system', name }))
}
