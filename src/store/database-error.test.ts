import { describe, expect, it } from 'vitest'
import type { ArchitectError } from '../core/index.js'
import { addressOf, databaseError } from './database-error.js'

const connection = { connectionString: 'postgres://ann:secret@db.example:6543/ledger' }
const failure = (code: string, message = 'as the driver said') => Object.assign(new Error(message), { code })

describe('databaseError', () => {
  it.each([
    ['ECONNREFUSED', 'store.unreachable', true],
    ['ENOENT', 'store.unreachable', true],
    ['57P03', 'store.unreachable', true],
    ['08006', 'store.unreachable', true],
    ['28P01', 'store.access-refused', false],
    ['28000', 'store.access-refused', false],
    ['3D000', 'store.database-missing', false],
  ])('reads %s as %s', (code, expected, retryable) => {
    expect(databaseError(failure(code), connection)).toMatchObject({ code: expected, retryable })
  })

  it('names address, user and database, and never the password', () => {
    const error = databaseError(failure('28P01'), connection) as ArchitectError
    expect(error.params).toEqual({ address: 'db.example:6543', user: 'ann', detail: 'as the driver said' })
    expect(JSON.stringify(error)).not.toContain('secret')
    expect(databaseError(failure('3D000'), connection)).toMatchObject({
      params: { database: 'ledger', address: 'db.example:6543' },
    })
    expect(addressOf({ host: '/run/sockets' })).toBe('/run/sockets')
    expect(addressOf({ connectionString: 'postgres://ann@%2Frun%2Fsockets/ledger' })).toBe('/run/sockets')
    expect(addressOf({})).toBe('localhost:5432')
  })

  it('leaves the errors of statements as they are', () => {
    const duplicate = failure('23505')
    expect(databaseError(duplicate, connection)).toBe(duplicate)
    expect(databaseError('text', connection)).toBe('text')
  })
})
