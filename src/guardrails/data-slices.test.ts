// Floors on the vendored data: what was measured, less a little. They say when something got worse, not how good
// the detectors are on texts that nobody had in sight.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { architectureSchema } from '../spec/index.js'
import { wilson } from '../stats/index.js'
import { createGuardrails } from './index.js'

interface Row {
  readonly text: string
  readonly label: number
  readonly spans?: readonly (readonly [
    entity: string,
    start: number,
    end: number,
    value: string,
    kind: string,
  ])[]
}

const rowsOf = (set: string): readonly Row[] =>
  readFileSync(join(import.meta.dirname, '../../benchmarks/data', set, `${set}.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row)

const policies = architectureSchema.shape.guardrails.parse([{ id: 'default' }])
const guardrails = createGuardrails({ policies })
const findings = (text: string, detector: string) =>
  guardrails
    .check({ policy: 'default', stage: 'input', source: 'user', text })
    .findings.filter((finding) => finding.detector === detector)
const isAttack = ({ text }: Row) => findings(text, 'injection').some(({ severity }) => severity !== 'low')

const shareOf = <T>(items: readonly T[], holds: (item: T) => boolean) =>
  wilson(items.filter(holds).length, items.length).value

describe('on the vendored data', () => {
  it('prompt attacks in Traditional Chinese are caught, look-alikes let through', () => {
    const rows = rowsOf('injection-zh-tw')
    expect(
      shareOf(
        rows.filter(({ label }) => label === 1),
        isAttack,
      ),
    ).toBeGreaterThanOrEqual(0.9)
    expect(
      shareOf(
        rows.filter(({ label }) => label === 0),
        isAttack,
      ),
    ).toBeLessThanOrEqual(0.05)
  })

  it('the open ones among the injections of CyberSecEval are caught', () => {
    expect(shareOf(rowsOf('cyberseceval-prompt-injection'), isAttack)).toBeGreaterThanOrEqual(0.12)
  })

  it('the safe prompts of XSTest are let through', () => {
    expect(shareOf(rowsOf('xstest-safe'), isAttack)).toBeLessThanOrEqual(0.01)
  })

  it('structured personal data is found, and nothing in clean texts', () => {
    const rows = rowsOf('pii-zh-tw')
    const spans = rows.flatMap(({ text, spans = [] }) =>
      spans.filter(([, , , , kind]) => kind === 'structured').map(([, start, end]) => ({ text, start, end })),
    )
    const isFound = ({ text, start, end }: (typeof spans)[number]) =>
      findings(text, 'personalData').some((finding) => finding.start <= start && finding.end >= end)
    const clean = rows.filter(({ spans = [] }) => spans.every(([, , , , kind]) => kind !== 'structured'))
    expect(shareOf(spans, isFound)).toBeGreaterThanOrEqual(0.98)
    expect(
      shareOf(clean, ({ text }) => findings(text, 'personalData').some(({ severity }) => severity !== 'low')),
    ).toBe(0)
  })
})
