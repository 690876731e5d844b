// The soak of `npm run acceptance -- gateway` in its short form.

import { expect, it } from 'vitest'
import { runGatewaySoak } from './soak.js'
import { byModelAndEnd } from './soak-lines.js'

it('a mixed load with everything on is answered, and the ledger says what the provider charges', {
  timeout: 180_000,
}, async () => {
  const { load, invoice, ledger, printed, memory, errors } = await runGatewaySoak({
    seconds: 8,
    perSecond: 25,
    seed: 'soak',
    memoryAt: [2, 6],
  })
  expect({ wrong: load.wrong, samples: load.samples }, errors).toEqual({ wrong: {}, samples: [] })
  expect(Object.keys(load.asked).length).toBeGreaterThan(10)
  expect(byModelAndEnd(ledger.lines)).toEqual(byModelAndEnd(invoice))
  expect(ledger.sources).toMatchObject({ reported: expect.any(Number), partial: expect.any(Number) })
  const charged = invoice.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0)
  const billed = printed.reduce((sum, { costUsd }) => sum + Number(costUsd), 0)
  expect(Math.round(billed * 1e9)).toBe(charged)
  for (const { heapMiB, rssMiB, childrenRssMiB } of memory)
    expect(Math.min(heapMiB, rssMiB - heapMiB, childrenRssMiB)).toBeGreaterThan(0)
})
