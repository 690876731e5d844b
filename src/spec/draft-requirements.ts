// The text of a first requirements.yaml from a few answers: what an interview or another agent knows so far.

import { stringify } from 'yaml'
import { presets, type UseCaseKind } from './presets.js'

export interface RequirementsDraft {
  readonly name: string
  readonly kind: UseCaseKind
  readonly description?: string
  readonly languages?: readonly string[]
  readonly peakRequestsPerSecond: number
  /** P95 of the time to first token under peak load, in ms; default: the preset's. */
  readonly ttftMs?: number
  readonly monthlyUsd?: number
  readonly dataResidency?: readonly string[]
  readonly hosting?: readonly ('self-hosted' | 'hosted-api')[]
  readonly knowledgeSource?: string
  readonly personalData?: 'allow' | 'redact' | 'block'
  readonly integrations?: readonly { kind: string; name: string }[]
  /** What was said and fits no field: kept as comments, so that nothing is lost. */
  readonly notes?: readonly string[]
}

/** The text of requirements.yaml; it parses with `parseRequirements`. */
export const draftRequirements = (draft: RequirementsDraft): string => {
  const preset = presets[draft.kind]
  const conditions = { load: 'peak', lengths: 'workload', cache: 'cold' }
  const document = {
    version: 1,
    name: draft.name,
    useCase: {
      kind: draft.kind,
      description: draft.description ?? preset.description,
      languages: draft.languages ?? ['en'],
      ...(draft.knowledgeSource ? { knowledge: { source: draft.knowledgeSource } } : {}),
    },
    performance: {
      targets: [
        {
          id: 'ttft-p95',
          metric: 'ttft',
          percentile: 95,
          op: '<',
          value: draft.ttftMs ?? preset.ttftMs,
          unit: 'ms',
          ...conditions,
        },
        {
          id: 'e2e-p95',
          metric: 'e2e',
          percentile: 95,
          op: '<',
          value: preset.e2eMs,
          unit: 'ms',
          ...conditions,
        },
      ],
    },
    scale: {
      peakRequestsPerSecond: draft.peakRequestsPerSecond,
      lengths: {
        inputTokens: preset.inputTokens,
        outputTokens: preset.outputTokens,
        sharedPrefixTokens: preset.sharedPrefixTokens,
      },
    },
    safety: { personalData: draft.personalData ?? 'redact', groundedAnswers: preset.groundedAnswers },
    hosting: {
      allowed: draft.hosting ?? ['self-hosted', 'hosted-api'],
      dataResidency: draft.dataResidency ?? [],
    },
    ...(draft.monthlyUsd ? { budget: { monthlyUsd: draft.monthlyUsd } } : {}),
    integrations: draft.integrations ?? [],
  }
  const notes = (draft.notes ?? []).flatMap((note) => note.split('\n')).map((line) => `# note: ${line}\n`)
  const header =
    '# yaml-language-server: $schema=./node_modules/llm-architect/schemas/requirements.schema.json\n'
  return header + notes.join('') + stringify(document, { lineWidth: 110 })
}
