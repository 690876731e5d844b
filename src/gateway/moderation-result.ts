// What guardrails found in a text, in the shape of OpenAI's moderation answer.
//
// Our detectors look for personal data, secrets and instruction attacks. OpenAI's own categories (hate, violence and
// so on) are about something else, so none of ours stands under one of theirs. They are in every answer because
// clients read them; that nothing looked for them, their empty list in `category_applied_input_types` says. A plug-in's
// detector that gives a finding one of those names as its kind fills that category.

import type { Finding, Severity } from '../guardrails/index.js'

/** https://platform.openai.com/docs/guides/moderation#content-classifications */
const documented: ReadonlySet<string> = new Set([
  'harassment',
  'harassment/threatening',
  'hate',
  'hate/threatening',
  'illicit',
  'illicit/violent',
  'self-harm',
  'self-harm/instructions',
  'self-harm/intent',
  'sexual',
  'sexual/minors',
  'violence',
  'violence/graphic',
])

/**
 * A rank on the scale of the shape, no probability: 0 nothing found; 0.25 worth recording and never acted upon;
 * 0.75 and 1 what a policy acts upon.
 */
const scores: Readonly<Record<Severity, number>> = { low: 0.25, medium: 0.75, high: 1 }
/** From here on a category holds, and a text is flagged. */
const threshold = 0.5

const categoryNames: Readonly<Record<string, string>> = { personalData: 'personal-data' }

/** The category of everything that one detector finds. */
const categoryOf = (detector: string): string => categoryNames[detector] ?? detector

export interface ModerationResult {
  readonly flagged: boolean
  readonly categories: Readonly<Record<string, boolean>>
  readonly category_scores: Readonly<Record<string, number>>
  readonly category_applied_input_types: Readonly<Record<string, readonly 'text'[]>>
}

/**
 * @param detectors ids of those that looked; each is a category (`personal-data`, `secrets`, `injection`), and each
 * kind that was found one below it (`personal-data/email`)
 */
export const moderationResult = (
  findings: readonly Finding[],
  detectors: readonly string[],
): ModerationResult => {
  const found = new Map<string, number>(detectors.map((id) => [categoryOf(id), 0]))
  for (const { detector, kind, severity } of findings)
    for (const name of categoriesOf(detector, kind))
      found.set(name, Math.max(found.get(name) ?? 0, scores[severity]))
  const rows = [...documented].filter((name) => !found.has(name)).map((name) => [name, 0] as const)
  const all = [...rows, ...found]
  return {
    flagged: all.some(([, score]) => score >= threshold),
    categories: Object.fromEntries(all.map(([name, score]) => [name, score >= threshold])),
    category_scores: Object.fromEntries(all),
    category_applied_input_types: Object.fromEntries(
      all.map(([name]) => [name, found.has(name) ? (['text'] as const) : []]),
    ),
  }
}

const categoriesOf = (detector: string, kind: string): readonly string[] => {
  const category = categoryOf(detector)
  return [category, documented.has(kind) ? kind : `${category}/${kind}`]
}
