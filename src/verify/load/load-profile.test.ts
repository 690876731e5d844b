import { describe, expect, it } from 'vitest'
import { parseLoadProfile } from './load-profile.js'

const text = `
version: 1
profiles:
  here: { shape: poisson, requestsPerSecond: 20, durationSeconds: 12, questions: q.jsonl, seed: 7 }
`

describe('a load profile', () => {
  it('is read by name, with its defaults', () => {
    expect(parseLoadProfile(text, 'load.yaml', 'here')).toEqual({
      name: 'here',
      shape: 'poisson',
      requestsPerSecond: 20,
      durationSeconds: 12,
      warmupSeconds: 0,
      questions: 'q.jsonl',
      seed: 7,
    })
  })

  it('names the profiles there are when the one asked for is not', () => {
    expect(() => parseLoadProfile(text, 'load.yaml', 'there')).toThrow(/Use one of: here/)
  })

  it.each([
    ['broken YAML', 'version: [', /load.yaml is not valid YAML: Flow sequence/],
    ['a rate of zero', text.replace('20', '0'), /requestsPerSecond/],
    ['an unknown key', text.replace('seed', 'sed'), /sed/],
  ])('refuses %s with the place', (_name, broken, message) => {
    expect(() => parseLoadProfile(broken, 'load.yaml', 'here')).toThrow(message)
  })
})
