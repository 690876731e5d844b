// The files in examples/designs carry their arithmetic in comments; what they claim is checked here.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadCatalogue } from '../catalog/index.js'
import { ArchitectError, createRenderer, type Language, languages } from '../core/index.js'
import { architectureSchema, type Problem, parseRequirements } from '../spec/index.js'
import { assess } from './assessment/assess.js'
import { unequalIn } from './decision-record/__fixtures__/unequal-in.js'
import { decisionRecord } from './decision-record/decision-record.js'
import type { DesignFacts } from './decision-record/design-facts.js'
import { design } from './design.js'
import { plannerMessages } from './messages.js'

const directory = join(import.meta.dirname, '..', '..', 'examples', 'designs')
const filesOf = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.yaml'))
const commentsOf = (text: string, word: string) =>
  [...text.matchAll(new RegExp(`^# ${word}: (.+)$`, 'gm'))].map(([, line = '']) => line)

const catalogue = loadCatalogue()

interface Check {
  readonly path: string
  readonly op: string
  readonly value: string
  readonly within: number
}

const readCheck = (line: string): Check => {
  const match = /^(.+?) ([=<>]) (\S+)(?: within ([\d.]+) %)?$/.exec(line)
  if (!match) throw new Error(`Not a check: ${line}`)
  const [, path = '', op = '', value = '', within = '0'] = match
  return { path, op, value, within: Number(within) / 100 }
}

/** What a check may name: the workload, the choice, candidates by id, relaxations by constraint, open questions. */
const answersFor = (text: string) => {
  const requirements = parseRequirements(text)
  const assessment = assess(requirements, catalogue)
  const { report, architecture, launches } = design({ requirements, assessment, catalogue })
  const facts: DesignFacts = { requirements, assessment, report, launches, catalogue }
  const named = {
    workload: assessment.workload,
    chosen: report.chosen,
    nearest: report.nearest,
    reasons: report.reasons.map(({ code }) => code),
    breakEvenRequestsPerSecond: report.breakEvenRequestsPerSecond,
    candidates: new Map(report.candidates.map((candidate) => [candidate.id, candidate])),
    relaxations: new Map(report.relaxations.map((relaxation) => [relaxation.constraint, relaxation])),
    conflicts: new Map(assessment.conflicts.map(({ kind, message }) => [message.code, kind])),
    cost: report.cost,
    ingest: new Map(report.cost?.ingest?.ways.map((way) => [way.name, way])),
    gaps: new Map(assessment.gaps.map(({ path }) => [path, 'open'])),
  }
  const texts = [
    ...report.reasons,
    ...report.assumptions,
    ...report.candidates.slice(0, 2000).flatMap(({ violations }) => violations.map(({ reason }) => reason)),
    ...assessment.conflicts.map(({ message }) => message),
    ...assessment.priorities.flatMap(({ why }) => why),
    ...assessment.gaps.flatMap(({ question, assumed }) => [question, assumed]),
    ...assessment.risks.flatMap(({ what, mitigation }) => [what, mitigation]),
  ]
  return { named, report, architecture, texts, facts }
}

const render = createRenderer(plannerMessages)

/** The value at a path; keys of maps may hold dots, so the longest key that fits is taken. */
const valueAt = (node: unknown, path: string): unknown => {
  if (path === '') return node
  if (node instanceof Map) {
    const key = [...node.keys()].find((name) => path === name || path.startsWith(`${name}.`))
    return key === undefined ? undefined : valueAt(node.get(key), path.slice(key.length + 1))
  }
  const [first = '', ...rest] = path.split('.')
  return valueAt((node as Record<string, unknown> | undefined)?.[first], rest.join('.'))
}

const expectCheck = ({ path, op, value, within }: Check, named: unknown) => {
  const found = valueAt(named, path)
  const wanted = Number(value)
  if (op === '>') return expect(found, path).toBeGreaterThan(wanted)
  if (op === '<') return expect(found, path).toBeLessThan(wanted)
  if (Number.isNaN(wanted)) return expect(String(found), path).toBe(value)
  expect(typeof found, path).toBe('number')
  return expect(
    Math.abs(Number(found) - wanted),
    `${path} is ${found}, the comment says ${value}`,
  ).toBeLessThanOrEqual(within * Math.abs(wanted))
}

const parts = [
  ['Context', '背景'],
  ['Decision', '決定'],
  ['Options considered', '考慮過的方案'],
  ['The arithmetic', '計算過程'],
  ['Consequences', '後果'],
  ['What would change the decision', '什麼會改變這個決定'],
  ['Next best measurement', '下一個最值得的量測'],
  ['Sources', '資料來源'],
]

describe.each(filesOf(directory))('examples/designs/%s', (name) => {
  const text = readFileSync(join(directory, name), 'utf8')
  const checks = commentsOf(text, 'check').map(readCheck)
  const { named, report, architecture, texts, facts } = answersFor(text)
  const recordIn = (language: Language) => decisionRecord(facts, { language, plotFile: 'design.svg' })
  const records = { en: recordIn('en'), 'zh-TW': recordIn('zh-TW') }

  it('says what the arithmetic in its comments says', () => {
    expect(checks.length).toBeGreaterThan(3)
    for (const check of checks) expectCheck(check, named)
  })

  it('is decided as its DESIGN.md says, by sums that come out (`npm run designs` writes it anew)', () => {
    const folder = join(directory, 'designs', name.replace('.yaml', ''))
    for (const language of languages) {
      const file = join(folder, language === 'en' ? 'DESIGN.md' : `DESIGN.${language}.md`)
      // The same text for the same facts.
      expect(recordIn(language)).toBe(records[language])
      if (language !== 'en' && !existsSync(file)) continue
      const kept = readFileSync(file, 'utf8')
      expect(records[language]).toBe(kept)
      if (language === 'en') expect(unequalIn(kept)).toEqual([])
    }
  })

  it('has every part of a record in both languages, with every number filled in', () => {
    for (const [en, zhTW] of parts) {
      expect(records.en).toContain(`\n## ${en}\n`)
      expect(records['zh-TW']).toContain(`\n## ${zhTW}\n`)
    }
    for (const record of Object.values(records)) {
      expect(record).not.toMatch(/undefined|NaN|Infinity|\[object|planner\.[a-z]/)
      expect(record).toContain(report.chosen?.id ?? '✗')
      expect(record).toContain('](design.svg)')
    }
    expect(records['zh-TW']).not.toMatch(/requests\/s|serving replicas|accelerators/)
  })

  it('leaves no candidate without a number or a reason', () => {
    const unfounded = report.candidates.filter(
      ({ violations, costPerMonthUsd, targets }) =>
        violations.length === 0 && (costPerMonthUsd === null || targets.some(({ met }) => met === 'no')),
    )
    expect(unfounded.map(({ id }) => id)).toEqual([])
  })

  it('says everything in both languages, with every number filled in', () => {
    for (const message of texts)
      for (const language of languages) {
        const text = render(message, language)
        expect(text, message.code).not.toMatch(/undefined|NaN|Infinity|\[object|^planner\./)
        if (language === 'zh-TW') expect(text, message.code).toMatch(/\p{Script=Han}|^[\w.-]+：/u)
      }
  })

  it('writes an architecture that its schema accepts, or none and why', () => {
    if (report.chosen) expect(architectureSchema.parse(architecture)).toEqual(architecture)
    else expect(report.reasons.length).toBeGreaterThan(1)
  })
})

const problemsOf = (text: string): readonly Problem[] => {
  try {
    parseRequirements(text)
  } catch (error) {
    if (error instanceof ArchitectError && error.code === 'spec.invalid') return error.params.problems
    throw error
  }
  return []
}

describe.each(filesOf(join(directory, 'broken')))('examples/designs/broken/%s', (name) => {
  const text = readFileSync(join(directory, 'broken', name), 'utf8')

  it('is refused with all its problems at once, each with its line', () => {
    const problems = problemsOf(text)
    const expected = commentsOf(text, 'expect')
    expect(expected.length).toBeGreaterThan(3)
    expect(problems.map(({ path, message }) => `${path} ${message.code}`).sort()).toEqual(
      [...expected].sort(),
    )
    const first = text.split('\n').findIndex((line) => line.startsWith('version:')) + 1
    for (const { line } of problems) expect(line).toBeGreaterThanOrEqual(first)
  })
})
