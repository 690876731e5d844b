// POST /v1/moderations in OpenAI's shape, answered by the guardrails. Asks no engine and costs nothing, so the ledger
// has no row of it; it counts as a request of its key.
//
// `model` says by which rules: the name of a route means its policy, as that looks at what clients send; without
// `model`, or with the name of one of OpenAI's moderation models, every built-in detector looks.

import { createGuardrails } from '../guardrails/index.js'
import type { Architecture, GuardrailPolicy } from '../spec/index.js'
import type { Metrics } from '../telemetry/index.js'
import type { Authenticate, Caller } from './authenticate.js'
import { checkAllFields, type FieldRules, isListOf, isObject, isText, rule } from './check-fields.js'
import type { Handler } from './exchange.js'
import { gatewayError } from './messages.js'
import { moderationResult } from './moderation-result.js'
import { parseJson } from './parse-json.js'
import type { GuardPort } from './ports.js'
import type { BodyReader } from './read-body.js'
import type { Routes } from './routes.js'
import { answerUnpriced, type UnpricedDeps } from './unpriced-answer.js'

export interface ModerationDeps extends UnpricedDeps {
  readonly architecture: Architecture
  readonly authenticate: Authenticate
  readonly routes: Pick<Routes, 'find'>
  readonly bodies: BodyReader
  readonly guardrails: GuardPort
}

export const createModerations =
  (deps: ModerationDeps): Handler =>
  async (exchange) => {
    const caller = deps.authenticate(exchange.request)
    const bytes = await deps.bodies.read(exchange.request, exchange.response)
    try {
      const fields = checkAllFields(parseJson(bytes), rules)
      const rulebook = rulebookOf(deps, fields.model as string | null | undefined, caller)
      const id = `modr-${exchange.requestId}`
      const asked = { operation: 'moderation', exchange, caller, bytes, route: rulebook.name } as const
      await answerUnpriced(deps, asked, async () => ({
        body: answerOf(deps.metrics, id, rulebook, textsOf(fields.input as Input)),
        answeredBy: 'guardrails',
      }))
    } finally {
      deps.bodies.release(bytes.length)
    }
  }

type TextPart = { readonly text: string }
type Input = string | readonly string[] | readonly TextPart[]

/** Each result is larger than the shortest text, so their number is limited. */
const maxTexts = 2048

const isTextPart = (value: unknown) => isObject(value) && value.type === 'text' && isText(value.text)

const rules: FieldRules = {
  required: {
    input: rule(
      `a text, a list of 1 to ${maxTexts} texts, or of objects of type "text" (images are not looked at)`,
      `一段文字、1 到 ${maxTexts} 段文字的清單，或 type 為 "text" 的物件清單（不檢查圖片）`,
      (value) =>
        isText(value) ||
        (Array.isArray(value) &&
          value.length > 0 &&
          value.length <= maxTexts &&
          (isListOf(isText)(value) || isListOf(isTextPart)(value))),
    ),
  },
  optional: {
    model: rule(
      'the name of a route, or left out to have every built-in detector look',
      '路由名稱；省略則由所有內建偵測器檢查',
      (value) => isText(value) && value !== '',
    ),
  },
}

/** One result per text; parts of one message have one result together. */
const textsOf = (input: Input): readonly string[] =>
  typeof input === 'string'
    ? [input]
    : input.every((item) => typeof item === 'string')
      ? input
      : [input.map((item) => (typeof item === 'string' ? item : item.text)).join('\n')]

/** By which rules texts are looked at. */
interface Rulebook {
  /** What the answer calls its model, and metrics their route. */
  readonly name: string
  readonly policy: string
  readonly guard: Pick<GuardPort, 'check'>
  readonly detectors: readonly string[]
  /** Whether it is the policy of a route, so that what it does with a text is worth saying. */
  readonly isPolicy: boolean
}

const observeAll = { personalData: 'observe', secrets: 'observe', injection: 'observe' } as const
const everything: GuardrailPolicy = {
  id: 'built-in',
  version: '1',
  input: observeAll,
  context: { injection: 'off', secrets: 'off' },
  output: { personalData: 'off', secrets: 'off' },
  detectors: {},
}
/** Made for the first who asks: its index of phrases takes a tenth of a second, and most systems are never asked. */
let builtIn: Rulebook | undefined
const builtInRulebook = (): Rulebook => {
  builtIn ??= {
    name: 'guardrails',
    policy: everything.id,
    guard: createGuardrails({ policies: [everything] }),
    detectors: Object.keys(observeAll),
    isPolicy: false,
  }
  return builtIn
}

/** What clients of OpenAI's endpoint send, often without knowing: it is the default of their libraries. */
const isOpenAiModel = (model: string) => /^(omni|text)-moderation/.test(model)

/** @throws gateway.model-not-found, gateway.route-unguarded */
const rulebookOf = (
  { routes, architecture, guardrails }: ModerationDeps,
  model: string | null | undefined,
  caller: Caller,
): Rulebook => {
  if (model === undefined || model === null) return builtInRulebook()
  const isRoute = architecture.routes.some(({ name }) => name === model)
  if (!isRoute && isOpenAiModel(model)) return builtInRulebook()
  const { route } = routes.find(model, caller)
  const policy = architecture.guardrails.find(({ id }) => id === route.guardrails)
  const detectors = Object.entries({ ...policy?.input, ...policy?.detectors })
    .filter(([, action]) => action !== 'off')
    .map(([id]) => id)
  if (!policy || detectors.length === 0) throw gatewayError('gateway.route-unguarded', { model })
  return { name: route.name, policy: policy.id, guard: guardrails, detectors, isPolicy: true }
}

const answerOf = (metrics: Metrics, id: string, rulebook: Rulebook, texts: readonly string[]) => {
  const { name, policy, guard, detectors, isPolicy } = rulebook
  return {
    id,
    model: name,
    results: texts.map((text) => {
      const { action, findings } = guard.check({ policy, stage: 'input', source: 'user', text })
      metrics.guardVerdict({ policy, stage: 'moderation', action })
      return { ...moderationResult(findings, detectors), ...(isPolicy && { action }) }
    }),
  }
}
