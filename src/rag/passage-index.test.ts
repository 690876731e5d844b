import { connect } from '@lancedb/lancedb'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestFolder, type TestFolder } from './__fixtures__/folder.js'
import { openPassageIndex, type PassageIndex, type PassageRow } from './passage-index.js'
import { searchTermsOf } from './search-text.js'

const tenants = ['default', "o'brien", "x' OR '1'='1", '租戶', '']
const groups = ['public', 'staff', "staff'", '[]', "', 'public"]

const row = (id: string, change: Partial<PassageRow> = {}): PassageRow => ({
  id,
  document: 'a.md',
  version: 'v',
  tenant: 'default',
  access: ['public'],
  language: 'en',
  title: 'Fees',
  start: 0,
  end: 3,
  text: 'fee',
  context: '',
  body: 'fee',
  heading: 'Fees',
  grams: '',
  ...change,
})

describe('the passage index', () => {
  let folder: TestFolder
  let index: PassageIndex
  /** Every tenant with every non-empty pair of groups, ten times. */
  const rows = tenants.flatMap((tenant) =>
    groups.flatMap((first) =>
      groups.flatMap((second) =>
        Array.from({ length: 10 }, (_, i) =>
          row(`${tenant}/${first}/${second}/${i}`, {
            tenant,
            access: [first, second],
            vector: [tenants.indexOf(tenant), groups.indexOf(first), i, 1],
          }),
        ),
      ),
    ),
  )

  beforeAll(async () => {
    folder = await createTestFolder()
    index = await openPassageIndex(await connect(folder.directory), 'passages', 4)
    await index.replace(['a.md'], rows)
    await index.optimize(new Date())
  })
  afterAll(async () => {
    index.close()
    await folder.dispose()
  })

  it('never gives a row of another tenant or group, and always as many as were asked for', async () => {
    const byId = new Map(rows.map((each) => [each.id, each]))
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...tenants, 'nobody'),
        fc.uniqueArray(fc.constantFrom(...groups, 'nobody'), { minLength: 0, maxLength: 3 }),
        fc.constantFrom(1, 7, 40),
        fc.boolean(),
        async (tenant, principal, limit, isDense) => {
          const access = { tenant, principal }
          const hits = isDense
            ? await index.dense([1, 2, 3, 1], access, { limit })
            : await index.lexical(searchTermsOf('fee'), access, limit)
          const allowed = (each: PassageRow) =>
            each.tenant === tenant && each.access.some((group) => principal.includes(group))
          for (const { id } of hits) expect(allowed(byId.get(id) as PassageRow)).toBe(true)
          expect(hits).toHaveLength(Math.min(limit, rows.filter(allowed).length))
        },
      ),
      { numRuns: 120 },
    )
  })

  it('replaces a document in one step for whoever reads', async () => {
    const generation = (n: number) =>
      Array.from({ length: 5 }, (_, i) =>
        row(`${n}-${i}`, { document: 'b.md', body: 'moving', version: String(n) }),
      )
    await index.replace(['b.md'], generation(0))
    let isDone = false
    const seen: string[][] = []
    const reader = (async () => {
      while (!isDone) {
        const hits = await index.lexical(
          searchTermsOf('moving'),
          { tenant: 'default', principal: ['public'] },
          50,
        )
        seen.push(hits.map(({ version }) => version))
      }
    })()
    for (let n = 1; n <= 8; n++) await index.replace(['b.md'], generation(n))
    isDone = true
    await reader
    expect(seen.length).toBeGreaterThan(3)
    for (const versions of seen) {
      expect(versions).toHaveLength(5)
      expect(new Set(versions).size).toBe(1)
    }
    await index.replace(['b.md'], [])
    expect(
      await index.lexical(searchTermsOf('moving'), { tenant: 'default', principal: ['public'] }, 50),
    ).toEqual([])
  })

  it.each(['???', '"fee" AND (x:y) + -', "'; DROP TABLE passages; --", '  ', '😀'])(
    'takes the query %s as words',
    async (query) => {
      const hits = await index.lexical(searchTermsOf(query), { tenant: 'default', principal: ['public'] }, 3)
      expect(hits.length).toBe(query.includes('fee') ? 3 : 0)
    },
  )
})
