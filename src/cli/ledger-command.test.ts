// What `ledger` asks the admin API for, and what it says of pages.

import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { runHere } from './__fixtures__/run-here.js'

const call = vi.fn()
vi.mock('./running-system.js', async (original) => ({ ...(await original<object>()), callAdmin: call }))
vi.mock('./with-system.js', () => ({
  withSystem: (_: unknown, { run }: { run: (system: object) => unknown }) => run({}),
}))
afterAll(() => vi.doUnmock('./with-system.js'))

const row = { startedAt: '2026-11-02T00:00:00Z', requestId: 'req_1', attempt: 0 }
const pathOf = () => call.mock.calls[0]?.[1].path as string
beforeEach(() => call.mockReset().mockResolvedValue({ rows: [row], next: 'NEXT' }))

describe('ledger', () => {
  it('shows the newest first, and says how to go on', async () => {
    const { out } = await runHere(['ledger'])
    expect(pathOf()).toBe('/admin/ledger?limit=20&first=newest')
    expect(out).toContain('1 rows; there are earlier ones: the same command with --after NEXT')
  })

  it('goes on after a page, in either order', async () => {
    await runHere(['ledger', '--after', 'NEXT', '--oldest'])
    expect(pathOf()).toBe('/admin/ledger?limit=20&after=NEXT')
  })

  it('says nothing of pages at the end', async () => {
    call.mockResolvedValue({ rows: [row], next: null })
    expect((await runHere(['ledger'])).out).not.toContain('--after')
  })

  it('has a Chinese header', async () => {
    const { out } = await runHere(['ledger'], 'zh-TW')
    expect(out.split('\n')[0]).not.toMatch(/[A-Za-z]/)
  })
})
