import { describe, expect, it } from 'vitest'
import { showValue } from './show-value.js'

describe('a value in a message', () => {
  it.each([
    [['store', 'url'], 'postgres://x:secretpw@127.0.0.1:1/db'],
    [['deployments', 0, 'key'], 'short'],
    [['deployments', 0, 'apiKey'], 'short'],
    [['deployments', 0, 'launch', 'env', 'HF_TOKEN'], 'short'],
    [['password'], 'short'],
    [['deployments', 0, 'model'], 'sk-proj-4f9dK2LmQ8'],
    [['name'], 'la-AbCdEfGhIjKlMnOpQrStUvWxYz012345'],
    [['name'], '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b'],
  ])('is hidden at %j', (path, value) => {
    expect(showValue(value, path)).toBe('"***"')
  })
  it('is hidden in a secret place where it is a number, and named where there is none', () => {
    expect(showValue(8_812_345, ['deployments', 0, 'key'])).toBe('"***"')
    expect(showValue(null, ['deployments', 0, 'key'])).toBe('null')
  })

  it('loses the password of an address', () => {
    expect(showValue('https://me:pw@host/v1', ['deployments', 0, 'address'])).toBe('"https://***@host/v1"')
    expect(showValue('postgres://me@host/db', ['name'])).toBe('"postgres://***@host/db"')
  })

  it.each([
    [['name'], 'Bank Support', '"Bank Support"'],
    [['knowledge', 0, 'chunkTokens'], 'many', '"many"'],
    [
      ['deployments', 0, 'model'],
      'mistralai/Mistral-7B-Instruct-v0.2',
      '"mistralai/Mistral-7B-Instruct-v0.2"',
    ],
    [['scale'], [1], 'a list'],
    [['scale'], { a: 1 }, 'a mapping'],
    [['version'], 2, '2'],
    [['name'], 'x '.repeat(50), `"${'x '.repeat(28)}...`],
  ])('is quoted at %j', (path, value, quoted) => {
    expect(showValue(value, path)).toBe(quoted)
  })
})
