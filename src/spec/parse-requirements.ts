// requirements.yaml: text in, Requirements or every problem out.

import { problemMessage, specError } from './messages.js'
import { isPlace, placeNamed } from './places.js'
import type { DocumentPath, Problem } from './problem.js'
import { itemsOf, valueAt } from './raw-items.js'
import { type Requirements, requirementsSchema, speedMetrics } from './requirements.js'
import { showValue } from './show-value.js'
import { taskProblems } from './task-problems.js'
import { tellable, validate } from './validate.js'
import { readYaml, type YamlDocument } from './yaml-document.js'

/**
 * Reads requirements.yaml.
 * @param file shown in the error, nothing is read from it
 * @throws `spec.invalid` with all problems at once, each with path, line, column and what was expected
 */
export const parseRequirements = (text: string, file = 'requirements.yaml'): Requirements => {
  const document = readYaml(text)
  const { data, problems } = validate(requirementsSchema, document)
  const targets = bareTargets(document)
  const others = problems.filter((problem) => !targets.some((target) => isSaidBy(target, problem)))
  const all = tellable(document, [
    ...targets.flatMap((target) => target.problems),
    ...others,
    ...consistency(document),
  ])
  if (all.length > 0 || data === undefined) throw specError('spec.invalid', { file, problems: all })
  return data
}

interface BareTarget {
  readonly path: string
  readonly problems: readonly Problem[]
}

const isSaidBy = (target: BareTarget, problem: Problem) =>
  problem.path === target.path ||
  ['metric', 'load', 'lengths', 'cache'].some(
    (key) => problem.path === `${target.path}.${key}` && isMissing(problem),
  )

const isMissing = ({ message }: Problem) =>
  message.code === 'spec.missing' || message.code === 'spec.not-one-of'

const questions = {
  metric: 'spec.question-metric',
  load: 'spec.question-load',
  lengths: 'spec.question-lengths',
  cache: 'spec.question-cache',
} as const

/** A target that leaves open what is measured, under which load, for which lengths, with which caches. */
const bareTargets = (document: YamlDocument): BareTarget[] => {
  const targets = valueAt(document.data, ['performance', 'targets'])
  if (!Array.isArray(targets)) return []
  return targets.flatMap((target, index): BareTarget[] => {
    const path = ['performance', 'targets', index]
    const missing = missingConditions(target)
    if (missing.length === 0) return []
    const label = labelOf(target, index)
    const problems = missing.map((key) =>
      document.problemAt(path, problemMessage(questions[key], { target: label })),
    )
    return [{ path: problems[0]?.path ?? '', problems }]
  })
}

const missingConditions = (target: unknown) => {
  const keys = ['metric', 'load', 'lengths', 'cache'] as const
  if (typeof target === 'string')
    return keys.filter((key) => !(key === 'metric' && speedMetrics.some((m) => target.includes(m))))
  if (!target || typeof target !== 'object' || Array.isArray(target)) return []
  return keys.filter((key) => (target as Record<string, unknown>)[key] === undefined)
}

const labelOf = (target: unknown, index: number): string => {
  if (typeof target === 'string') return target
  const { id, op, value, unit } = target as Record<string, unknown>
  return [id ?? `target ${index + 1}`, op, value, unit].filter((part) => part !== undefined).join(' ')
}

/** What the schema cannot say: identifiers once, units that fit, percentiles that grow. */
const consistency = (document: YamlDocument): Problem[] => [
  ...duplicateIds(document),
  ...wrongUnits(document),
  ...crossedPercentiles(document),
  ...unknownPlaces(document),
  ...taskProblems(document),
]

const targetLists: DocumentPath[] = [
  ['performance', 'targets'],
  ['quality', 'targets'],
  ['safety', 'targets'],
]

const duplicateIds = (document: YamlDocument): Problem[] => {
  const lines = new Map<string, number>()
  return itemsOf(document, targetLists).flatMap(({ item, path }) => {
    const id = (item as { id?: unknown }).id
    if (typeof id !== 'string') return []
    const firstLine = lines.get(id)
    if (firstLine !== undefined)
      return [document.problemAt([...path, 'id'], problemMessage('spec.duplicate-id', { id, firstLine }))]
    lines.set(id, document.lineOf([...path, 'id']))
    return []
  })
}

const unitsOf: Readonly<Record<(typeof speedMetrics)[number], string[]>> = {
  ttft: ['ms', 's'],
  e2e: ['ms', 's'],
  tpot: ['ms', 's'],
  outputTokensPerSecond: ['tokens/s'],
  systemOutputTokensPerSecond: ['tokens/s'],
}

const wrongUnits = (document: YamlDocument): Problem[] =>
  itemsOf(document, [['performance', 'targets']]).flatMap(({ item, path }) => {
    const { metric, unit } = item as { metric?: string; unit?: string }
    const options = unitsOf[metric as keyof typeof unitsOf]
    if (!options || unit === undefined || options.includes(unit)) return []
    if (!['ms', 's', 'tokens/s'].includes(unit)) return []
    return [
      document.problemAt(
        [...path, 'unit'],
        problemMessage('spec.wrong-unit', { metric: metric ?? '', unit, options }),
      ),
    ]
  })

const crossedPercentiles = (document: YamlDocument): Problem[] =>
  ['inputTokens', 'outputTokens'].flatMap((name) => {
    const path = ['scale', 'lengths', name]
    const { p50, p95 } = (valueAt(document.data, path) ?? {}) as { p50?: unknown; p95?: unknown }
    if (typeof p50 !== 'number' || typeof p95 !== 'number' || p95 >= p50) return []
    return [document.problemAt([...path, 'p95'], problemMessage('spec.percentiles-crossed', { p50, p95 }))]
  })

const unknownPlaces = (document: YamlDocument): Problem[] => {
  const processedIn = valueAt(document.data, ['hosting', 'processedIn'])
  const providers = typeof processedIn === 'object' && processedIn !== null ? Object.keys(processedIn) : []
  return [
    ['hosting', 'dataResidency'],
    ...providers.map((provider) => ['hosting', 'processedIn', provider]),
  ].flatMap((path) => unknownPlacesAt(document, path))
}

const unknownPlacesAt = (document: YamlDocument, path: string[]): Problem[] => {
  const places = valueAt(document.data, path)
  if (!Array.isArray(places)) return []
  return places.flatMap((place: unknown, index) => {
    if (typeof place !== 'string' || isPlace(place)) return []
    const suggestion = placeNamed(place)
    const params = { place: showValue(place, path), ...(suggestion === undefined ? {} : { suggestion }) }
    return [document.problemAt([...path, index], problemMessage('spec.unknown-place', params))]
  })
}
