// The chaos matrix: whatever an upstream does wrong and whatever its client does, a request ends in a typed error, in
// the answer of another deployment or in a cancellation: never in a clean end, never later than its deadline and a
// second, and with one settled row for each attempt. docs/chaos-matrix.md shows the cells; `vitest -u` writes it.

import { beforeAll, describe, expect, it } from 'vitest'
import {
  type Cell,
  type CellResult,
  clients,
  deadlineMs,
  isHeavy,
  runCell,
} from './__fixtures__/chaos-cell.js'
import { dialects } from './__fixtures__/chaos-dialects.js'
import { renderChaos } from './__fixtures__/chaos-table.js'
import { faults } from './__fixtures__/chaos-upstreams.js'

const cells: readonly Cell[] = dialects.flatMap((dialect) =>
  faults.flatMap((fault) =>
    [true, false].flatMap((isStream) => clients.map((client) => ({ fault, client, dialect, isStream }))),
  ),
)
const results: CellResult[] = []

beforeAll(async () => {
  await runAll(
    cells.filter((cell) => !isHeavy(cell)),
    16,
  )
  await runAll(cells.filter(isHeavy), 4)
}, 120_000)

const runAll = async (some: readonly Cell[], atATime: number) => {
  const waiting = [...some]
  const worker = async () => {
    for (let cell = waiting.shift(); cell; cell = waiting.shift()) results.push(await runCell(cell))
  }
  await Promise.all(Array.from({ length: atATime }, worker))
}

const nameOf = ({ fault, client, dialect, isStream }: Cell) =>
  `${dialect.name}, ${isStream ? 'streamed' : 'whole'}: ${fault.name}, client ${client}`
const failing = (isBroken: (result: CellResult) => boolean) =>
  results
    .filter(isBroken)
    .map((result) => `${nameOf(result.cell)}: ${JSON.stringify({ ...result, cell: 0 })}`)

describe('every cell', () => {
  it('has been run', () => expect(results).toHaveLength(cells.length))

  it('ends in a typed error, a fallback or a cancellation', () => {
    expect(failing(({ outcome }) => outcome === 'clean end' || outcome === 'nothing')).toEqual([])
  })

  it('ends by its deadline and a second', () => {
    expect(failing(({ tookMs }) => tookMs > deadlineMs + 1_000)).toEqual([])
  })

  it('has one settled row for each attempt, and none without one', () => {
    expect(failing(({ rows, settledRows }) => rows !== settledRows || rows === 0)).toEqual([])
    expect(failing(({ cell, rows, requests }) => !cell.fault.address && rows !== requests)).toEqual([])
  })

  it('leaves no call of an upstream open', () => {
    expect(failing(({ leftOpen }) => leftOpen > 0)).toEqual([])
  })

  it('is in the documentation as it ended here', async () => {
    await expect(renderChaos(results)).toMatchFileSnapshot('../../docs/chaos-matrix.md')
  })
})
