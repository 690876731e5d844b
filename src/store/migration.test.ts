import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Migration } from './migration.js'
import { startTestStore, type TestStore } from './testing.js'

let test: TestStore
beforeAll(async () => {
  test = await startTestStore()
})
afterAll(() => test.close())

const create = (table: string): Migration => ({
  name: 'm001_create',
  sql: [`create table ${table} (name text primary key)`],
})
const colour = (table: string): Migration => ({
  name: 'm002_colour',
  sql: [`alter table ${table} add colour text not null default 'green'`],
})

describe('migrate', () => {
  it('applies each migration once, in order', async () => {
    const { store } = test
    expect(await store.migrate('fruit', [create('fruit')])).toEqual(['m001_create'])
    expect(await store.migrate('fruit', [create('fruit'), colour('fruit')])).toEqual(['m002_colour'])
    expect(await store.migrate('fruit', [create('fruit'), colour('fruit')])).toEqual([])
    await sql`insert into fruit (name) values ('lime')`.execute(store.db)
    const { rows } = await sql`select * from fruit`.execute(store.db)
    expect(rows).toEqual([{ name: 'lime', colour: 'green' }])
  })

  it('keeps the migrations of domains apart', async () => {
    await test.store.migrate('apart_a', [create('apart_a')])
    expect(await test.store.migrate('apart_b', [create('apart_b')])).toEqual(['m001_create'])
  })

  it('refuses a migration that was edited after it was applied', async () => {
    await test.store.migrate('edited', [create('edited')])
    const edited = { name: 'm001_create', sql: ['create table edited (name text)'] }
    await expect(test.store.migrate('edited', [edited])).rejects.toMatchObject({
      code: 'store.migration-changed',
      params: { domain: 'edited', name: 'm001_create' },
    })
  })

  it('refuses a database that a newer version has been at', async () => {
    await test.store.migrate('newer', [create('newer'), colour('newer')])
    await expect(test.store.migrate('newer', [create('newer')])).rejects.toMatchObject({
      code: 'store.database-newer',
      params: { domain: 'newer', name: 'm002_colour' },
    })
  })

  it('undoes all of it when one statement fails, and can be repeated', async () => {
    const broken = { name: 'm002_colour', sql: ['alter table broken add colour text', 'select nonsense'] }
    await expect(test.store.migrate('broken', [create('broken'), broken])).rejects.toMatchObject({
      code: 'store.migration-failed',
      params: { domain: 'broken', name: 'm002_colour', detail: 'column "nonsense" does not exist' },
    })
    expect(await test.store.migrate('broken', [create('broken'), colour('broken')])).toHaveLength(2)
  })

  it('is applied once when several do it at the same time', async () => {
    const runs = await Promise.all(
      Array.from({ length: 5 }, () => test.store.migrate('crowd', [create('crowd'), colour('crowd')])),
    )
    expect(runs.flat().toSorted()).toEqual(['m001_create', 'm002_colour'])
  })

  it('insists on names that count up', async () => {
    const migrate = test.store.migrate('misnamed', [create('misnamed'), { name: 'm003_gap', sql: [] }])
    await expect(migrate).rejects.toThrow('migration 2 of misnamed is called m003_gap')
  })
})
