import { describe, expect, it } from 'vitest'
import { apiKeysOf, openWithKeys } from './api-keys.js'

const secrets = { environment: { ONE: 'sk-1', TWO: 'sk-2', THREE: 'sk-3' }, directory: '.' }
const keys = () =>
  apiKeysOf({ id: 'main', key: `\${env:ONE}`, apiKeys: [`\${env:TWO}`, `\${env:THREE}`] }, secrets)

describe('the keys of a deployment', () => {
  it('begin with `key` and are called by their places', () => {
    expect(keys().map(({ secret, place }) => [secret, place.name])).toEqual([
      ['sk-1', 'env:ONE'],
      ['sk-2', 'env:TWO'],
      ['sk-3', 'env:THREE'],
    ])
    expect(JSON.stringify(keys().map(({ place }) => place))).not.toContain('sk-')
  })

  it('have another fingerprint when the secret changes, and the same when only its place does', () => {
    const print = (environment: Record<string, string>, reference: string) =>
      apiKeysOf({ id: 'main', key: reference }, { environment, directory: '.' })[0]?.place.fingerprint
    expect(print({ A: 'x' }, `\${env:A}`)).toBe(print({ B: 'x' }, `\${env:B}`))
    expect(print({ A: 'x' }, `\${env:A}`)).not.toBe(print({ A: 'y' }, `\${env:A}`))
  })

  it('that are not set are named', () => {
    const reference = `\${env:MISSING}`
    expect(() => apiKeysOf({ id: 'main', apiKeys: [reference] }, secrets)).toThrow('MISSING')
  })

  it('make an engine each, and one engine where there is none', async () => {
    const opened: (string | undefined)[] = []
    const open = (apiKey: string | undefined) => {
      opened.push(apiKey)
      return `engine with ${apiKey}`
    }
    const { engine, keyed } = await openWithKeys(keys(), open)
    expect(engine).toBe('engine with sk-1')
    expect(keyed?.others).toEqual(['engine with sk-2', 'engine with sk-3'])
    expect(keyed?.places).toHaveLength(3)
    expect(await openWithKeys([], open)).toEqual({ engine: 'engine with undefined', keyed: undefined })
    expect(opened).toEqual(['sk-1', 'sk-2', 'sk-3', undefined])
  })
})
