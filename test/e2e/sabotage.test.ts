// A running system that is broken behind verify's back, in one way at a time: each way turns its rows, and no other,
// to fail. Verify is given the same files every time.

import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it, type TestContext } from 'vitest'
import { stateDirectoryName } from '../../src/cli/project.js'
import { embeddedConnection } from '../../src/store/index.js'
import {
  type ProvingInstance,
  type Scorecard,
  type ScorecardRow,
  type VerificationArea,
  verificationAreas,
} from '../../src/verify/index.js'
import { type ProxyOptions, startProxy } from './sabotage/proxy.js'
import {
  type Change,
  type RunningProject,
  startProject,
  type VerifyOptions,
} from './sabotage/running-project.js'

let project: RunningProject
let baseline: ReadonlyMap<string, ScorecardRow>

/** A machine that others use as well is slow at times; what is only a matter of time is measured again. */
const tries = 3
const timing: ReadonlySet<string> = new Set(['ttft-p75', 'e2e-p75'])

beforeAll(async () => {
  project = await startProject()
  const { rows } = await project.verify(verificationAreas)
  const measured = new Map(rows.map((row) => [row.id, row]))
  for (let left = tries - 1; left > 0 && ![...timing].every((id) => isPass(measured.get(id))); left--)
    for (const row of (await project.verify(['speed'])).rows)
      if (timing.has(row.id)) measured.set(row.id, row)
  baseline = measured
}, 360_000)
afterAll(() => project?.close())

/** What verify says of a load that could not be offered as planned: it measures this machine, not the system. */
const isInvalid = (row: ScorecardRow | undefined) => row?.verdict === 'invalid'
const tooBusy = 'this machine is too busy to offer a load on time'

const isPass = (row: ScorecardRow | undefined) => row?.verdict === 'pass'

/** Rows that fail, and did not while the system was whole. */
const turned = ({ rows }: Scorecard): string[] =>
  rows.flatMap(({ id, verdict }) => (verdict === 'fail' && baseline.get(id)?.verdict !== 'fail' ? [id] : []))

/** Rows of these areas whose verdict is another one, where both are certain. */
const moved = ({ rows }: Scorecard, areas: readonly VerificationArea[]): string[] =>
  rows.filter((row) => isRun(row, areas) && isMoved(row)).map(({ id }) => id)

/** The cost of the own engine is taken from the ledger rows of the load. */
const isRun = ({ id, evidence }: ScorecardRow, areas: readonly VerificationArea[]) =>
  !evidence.notes.some(({ code }) => code === 'verify.note.not-run') &&
  (id !== 'cost-per-million-output-tokens' || areas.includes('speed'))

const uncertain: ReadonlySet<string> = new Set(['inconclusive', 'invalid'])

const isMoved = (row: ScorecardRow) => {
  const before = baseline.get(row.id)?.verdict ?? ''
  return row.verdict !== before && !uncertain.has(row.verdict) && !uncertain.has(before)
}

interface Sabotage extends VerifyOptions {
  readonly areas: readonly VerificationArea[]
  readonly turns: readonly string[]
  readonly skip?: TestContext['skip']
}

const expectOnlyTurned = async ({ areas, turns, skip, ...options }: Sabotage) => {
  let scorecard: Scorecard
  let left = tries
  do {
    scorecard = await project.verify(areas, options)
    left -= 1
  } while (left > 0 && isTimingAlone(turned(scorecard), turns))
  if (turns.some((id) => timing.has(id)))
    skip?.(
      scorecard.rows.some((row) => timing.has(row.id) && isInvalid(row)),
      tooBusy,
    )
  expect(turned(scorecard)).toEqual(turns)
  expect(moved(scorecard, areas).filter((id) => !turns.includes(id))).toEqual([])
}

/** Whether what turned differs from what should have, and only in rows that measure time. */
const isTimingAlone = (found: readonly string[], expected: readonly string[]) => {
  const wrong = [
    ...found.filter((id) => !expected.includes(id)),
    ...expected.filter((id) => !found.includes(id)),
  ]
  return wrong.length > 0 && wrong.every((id) => timing.has(id))
}

const through = async (options: ProxyOptions, sabotage: Sabotage) => {
  const proxy = await startProxy(project.url, options)
  try {
    await expectOnlyTurned({ ...sabotage, url: proxy.url })
  } finally {
    await proxy.close()
  }
}

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url))
const shuffledSearch: Change = (architecture) => ({
  ...architecture,
  plugins: [fixture('shuffled-search.mjs')],
})

describe('a whole system', () => {
  it('passes every target of its requirements that is no matter of time', () => {
    const ids = ['retrieval-ndcg', 'retrieval-recall', 'answer-accuracy', 'unanswerable-refused']
    ids.push('citations-valid', 'attacks-caught', 'harmless-flagged', 'cost-per-million-output-tokens')
    ids.push('ledger-vs-invoice', 'kill9-survival')
    expect(ids.map((id) => [id, baseline.get(id)?.verdict])).toEqual(ids.map((id) => [id, 'pass']))
  })

  it('answers in time', ({ skip }) => {
    skip(isInvalid(baseline.get('ttft-p75')), tooBusy)
    expect([...timing].map((id) => baseline.get(id)?.verdict)).toEqual(['pass', 'pass'])
  })

  it('fails none of the checks on public data', () => {
    const failed = [...baseline.values()].filter(({ verdict }) => verdict === 'fail')
    expect(failed.map(({ id }) => id)).toEqual([])
  })
})

describe('sabotage turns exactly its rows to fail', { timeout: 300_000 }, () => {
  afterEach(() => project.change((same) => same))

  it('300 ms before the first byte of an answer', ({ skip }) =>
    through({ delayMs: 300 }, { areas: ['speed', 'answers'], turns: ['ttft-p75'], skip }))

  it('prices that are not those of the provider: cost, and the ledger against the invoice', async () => {
    const dearer: Change = (architecture) => ({
      ...architecture,
      deployments: architecture.deployments.map(({ price, ...deployment }) => ({
        ...deployment,
        ...(price ? { price: { ...price, input: price.input * 2, output: price.output * 2 } } : {}),
      })),
    })
    await project.change(dearer)
    await expectOnlyTurned({
      areas: ['speed', 'ledger'],
      adjustProving: dearer,
      turns: ['cost-per-million-output-tokens', 'ledger-vs-invoice'],
    })
  })

  it('passages in a random order: the ranking, on the own questions and on public ones', async () => {
    await project.change(shuffledSearch)
    await expectOnlyTurned({
      areas: ['retrieval', 'answers'],
      benchmarksDirectory: project.fewestDocuments,
      adjustProving: shuffledSearch,
      turns: ['retrieval-ndcg', 'retrieval.drcd', 'retrieval.xquad-en', 'retrieval.xquad-zh'],
    })
  })

  it('an index without most of its documents: recall as well', async () => {
    await project.change((architecture) => ({ ...architecture, plugins: [fixture('forgetful-search.mjs')] }))
    await expectOnlyTurned({
      areas: ['retrieval'],
      benchmarksDirectory: project.fewestDocuments,
      turns: ['retrieval-ndcg', 'retrieval-recall'],
    })
  })

  it('the guard switched off', async () => {
    await project.change((architecture) => ({
      ...architecture,
      guardrails: architecture.guardrails.map((policy) => ({
        ...policy,
        input: { ...policy.input, injection: 'off' },
      })),
    }))
    await expectOnlyTurned({
      areas: ['safety', 'answers'],
      turns: ['attacks-caught', 'attacks-caught.injection-zh-tw', 'attacks-caught.cyberseceval'],
    })
  })

  it('a guard that takes everyday words for attacks', async () => {
    await project.change((architecture) => ({
      ...architecture,
      plugins: [fixture('strict-detector.mjs')],
      guardrails: architecture.guardrails.map((policy) => ({
        ...policy,
        detectors: { 'everyday-words': 'block' },
      })),
    }))
    await expectOnlyTurned({
      areas: ['safety', 'answers'],
      turns: ['harmless-flagged', 'harmless-flagged.xstest'],
    })
  })

  it('a start after the kill that lacks the last writes', () =>
    expectOnlyTurned({
      areas: ['ledger', 'answers'],
      onProving: async (instance, { directory }) => {
        if (directory !== undefined) expect(await loseLastWrites(instance, 5)).toBe(5)
      },
      turns: ['kill9-survival'],
    }))

  it('random answers', async () => {
    await project.change((architecture) => ({
      ...architecture,
      plugins: [fileURLToPath(new URL('sabotage/random-answers.ts', import.meta.url))],
      deployments: architecture.deployments.map((deployment) => ({ ...deployment, engine: 'random' })),
    }))
    await expectOnlyTurned({ areas: ['answers', 'safety'], turns: ['answer-accuracy'] })
  })

  it('an answer where the documents hold none', () =>
    through(
      { edit: (body) => body.replace(/The documents do not contain[^"]*|文件中沒有[^"]*/, 'It is 42.') },
      { areas: ['answers'], turns: ['unanswerable-refused'] },
    ))

  it('citations of another place', () =>
    through(
      { edit: (body) => body.replace(/#\d+-\d+"/g, '#0-6"') },
      { areas: ['answers'], turns: ['citations-valid'] },
    ))
})

/** Deletes the newest settled rows of an instance that runs. @returns how many there were */
const loseLastWrites = async ({ directory }: ProvingInstance, count: number) => {
  const client = new Client(embeddedConnection(join(directory, stateDirectoryName, 'run')))
  await client.connect()
  try {
    const { rowCount } = await client.query(
      `delete from ledger_attempt where request_id in (select request_id from ledger_attempt
        where ended = 'finished' order by started_at desc limit $1)`,
      [count],
    )
    return rowCount
  } finally {
    await client.end()
  }
}
