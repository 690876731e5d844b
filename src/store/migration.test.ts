import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestStore, type TestStore } from './testing.js'

let test: TestStore
beforeAll(async () => {
  test = await startTestStore()
})
afterAll(() => test.close())

const first = { name: 'm001_create', sql: ['create table fruit (name text primary key)'] }
const second = { name: 'm002_colour', sql: ["alter table fruit add colour text not null default 'green'"] }

describe('migrate', () => {
  it('applies each migration once, in order', async () => {
    const { store } = test
    expect(await store.migrate('fruit', [first])).toEqual(['m001_create'])
    expect(await store.migrate('fruit', [first, second])).toEqual(['m002_colour'])
    expect(await store.migrate('fruit', [first, second])).toEqual([])
    await sql`insert into fruit (name) values ('lime')`.execute(store.db)
    const { rows } = await sql`select * from fruit`.execute(store.db)
    expect(rows).toEqual([{ name: 'lime', colour: 'green' }])
  })
})
