// Published start-up logs of engines beside what is predicted for them. No log that was found is left out of the file;
// those that lack a model, a card, a release or a flag are listed there with what they lack.

import { describe, expect, it } from 'vitest'
import { requestOfLog, type StartUpLog, startUpLogs } from './__fixtures__/case-request.js'
import { fitModel } from './fit-model.js'

interface Row {
  readonly log: StartUpLog
  readonly fits: boolean
  readonly weightsGiB: number
  readonly kv: { readonly predicted: number; readonly printed: number } | null
  readonly error: number | null
}

/** Tokens where they were printed, else GiB; a pool below zero has no meaningful share. */
const rowOf = (log: StartUpLog): Row => {
  const answer = fitModel(requestOfLog(log))
  const { kvTokens, availableKvGiB } = log.printed
  const kv =
    kvTokens !== undefined
      ? { predicted: answer.kvCacheTokens, printed: kvTokens }
      : availableKvGiB !== undefined
        ? { predicted: answer.availableKvGiBPerGpu, printed: availableKvGiB }
        : null
  return {
    log,
    fits: answer.fits,
    weightsGiB: answer.weightsGiBPerGpu,
    kv,
    error: kv ? Math.abs(kv.predicted / kv.printed - 1) : null,
  }
}

const logs = startUpLogs()
const rows = logs.filter(({ scored }) => scored).map(rowOf)

describe('start-up logs', () => {
  it('lists every log that was found, and says of each left out of the test what it lacks', () => {
    expect(logs.length).toBeGreaterThan(100)
    const leftOut = logs.filter(({ scored }) => !scored)
    expect(leftOut.length).toBeGreaterThan(0)
    for (const { note, id } of leftOut) expect(note?.length ?? 0, id).toBeGreaterThan(10)
    expect(new Set(rows.map(({ log }) => log.case.engineVersion)).size).toBeGreaterThanOrEqual(3)
    expect(new Set(rows.map(({ log }) => log.case.model)).size).toBeGreaterThanOrEqual(15)
  })

  it.each(rows)('$log.id: whether it starts', ({ log, fits }) => {
    // A row that is told rightly leaves the list of misses.
    expect(fits).toBe(log.missed === undefined ? log.printed.fits : !log.printed.fits)
  })

  it.each([
    ['b1-', 39, 21, 16],
    ['b2-', 15, 13, 12],
    ['b3-', 15, 13, 11],
  ])('says what was told blind in the round %s', (prefix, asked, starts, right) => {
    const round = rows.filter(({ log }) => log.id.startsWith(prefix)).map(({ log }) => log)
    expect(round).toHaveLength(asked)
    expect(round.filter(({ blind, printed }) => blind?.fits === printed.fits)).toHaveLength(starts)
    expect(round.filter(isBlindRight)).toHaveLength(right)
  })

  it('tells of nine in ten whether they start', () => {
    const right = rows.filter(({ log, fits }) => fits === log.printed.fits).length
    expect(right / rows.length).toBeGreaterThanOrEqual(0.9)
  })

  it('predicts the cache within 10 % for four in five', () => {
    const known = rows.flatMap(({ error }) => error ?? [])
    const within = known.filter((error) => error <= 0.1).length
    if (process.env['FIT_TABLE']) console.log(`\n${rows.map(line).join('\n')}`)
    expect(known.length).toBeGreaterThanOrEqual(15)
    expect(within / known.length).toBeGreaterThanOrEqual(0.8)
  })

  it('predicts it within 10 % for four in five of each model once, whatever the number of its logs', () => {
    const byModel = new Map<string, number[]>()
    for (const { log, error } of rows)
      if (error !== null) byModel.set(log.case.model, [...(byModel.get(log.case.model) ?? []), error])
    const medians = [...byModel.values()].map(
      (errors) => [...errors].sort((a, b) => a - b)[Math.floor(errors.length / 2)] ?? 1,
    )
    expect(medians.filter((error) => error <= 0.1).length / medians.length).toBeGreaterThanOrEqual(0.8)
  })
})

/** Whether it starts, and where the log prints a cache that within 10 %. */
const isBlindRight = ({ blind, printed }: StartUpLog): boolean => {
  if (blind?.fits !== printed.fits) return false
  const told = printed.kvTokens === undefined ? blind.availableKvGiB : blind.kvTokens
  const shown = printed.kvTokens ?? printed.availableKvGiB
  return shown === undefined || (told !== undefined && Math.abs(told / shown - 1) <= 0.1)
}

const line = ({ log, fits, weightsGiB, kv, error }: Row): string =>
  `| ${[log.id, log.case.model, `${log.case.count} x ${log.case.gpu}`, `${log.case.engine} ${log.case.engineVersion}`, log.printed.fits ? 'yes' : 'no', fits ? 'yes' : 'no', weightsGiB.toFixed(2), kv ? kv.printed : '', kv ? Math.round(kv.predicted * 100) / 100 : '', error === null ? '' : `${(error * 100).toFixed(1)} %`, sourceOf(log)].join(' | ')} |`

const sourceOf = ({ date, source }: StartUpLog): string =>
  source.startsWith('http') ? `[${date}](${source})` : `${date}, ${source}`
