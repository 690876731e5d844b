// The first minutes of a newcomer: a clone in an empty folder, `npm start -- --once`, and what it prints.

import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { type Evidence, type Scorecard, scorecardSchema } from '../../src/verify/index.js'
import { figure, keepEvidence } from './evidence-of.js'

const folder = mkdtempSync(join(tmpdir(), 'loop-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A newcomer's environment: nothing of the npm and the Vitest that run this. */
const foreign =
  /^(npm_(lifecycle|package|command|execpath|node_execpath|config_local_prefix)|VITEST|NODE_ENV)/i
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))

const run = (args: readonly string[]) => {
  const startedMs = performance.now()
  const result = spawnSync('npm', args, {
    cwd: folder,
    env: environment,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  return { ...result, seconds: (performance.now() - startedMs) / 1000 }
}

const rowFigure = (row: Scorecard['rows'][number]): Evidence['figures'] =>
  row.measured
    ? [
        {
          name: `${row.title}: ${row.verdict}`,
          value: row.measured.value,
          unit: row.measured.unit,
          low: row.measured.low,
          high: row.measured.high,
          n: row.measured.n,
        },
      ]
    : []

it('goes from a fresh clone to a scorecard', { timeout: 900_000 }, async () => {
  execFileSync('git', ['clone', '--quiet', '.', folder])
  const first = run(['run', '--silent', 'build'])
  expect(first.status, first.stderr).toBe(0)
  const installedMb = Number(
    execFileSync('du', ['-sm', 'node_modules'], { cwd: folder, encoding: 'utf8' }).split('\t')[0],
  )
  const start = run(['start', '--', '--once'])
  expect(start.status, start.stdout + start.stderr).toBe(0)
  const scorecard = scorecardSchema.parse(
    JSON.parse(readFileSync(join(folder, '.llm-architect', 'scorecard.json'), 'utf8')),
  )
  const inChinese = run(['start', '--', '--once', '--lang', 'zh-TW'])
  expect(inChinese.status, inChinese.stdout + inChinese.stderr).toBe(0)
  mkdirSync('evidence', { recursive: true })
  // The folder's name says nothing to a reader.
  for (const [language, { stdout }] of [
    ['en', start],
    ['zh-TW', inChinese],
  ] as const)
    writeFileSync(`evidence/loop.${language}.txt`, stdout.replaceAll(folder, '.'))
  const unclean = execFileSync('git', ['status', '--porcelain'], { cwd: folder, encoding: 'utf8' })
  await keepEvidence('loop', [
    figure('install and build from a fresh clone', first.seconds, 's'),
    figure('installed packages', installedMb, 'MB'),
    figure('npm start -- --once, installed', start.seconds, 's'),
    ...scorecard.rows.flatMap(rowFigure),
  ])
  expect(unclean).toBe('')
  expect(scorecard.rows.filter(({ measured }) => measured === null).map(({ id }) => id)).toEqual([])
})
