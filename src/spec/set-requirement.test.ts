import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type ArchitectError, createRenderer } from '../core/index.js'
import { specMessages } from './messages.js'
import { parseRequirements } from './parse-requirements.js'
import { setRequirement } from './set-requirement.js'

const text = readFileSync(
  join(import.meta.dirname, '..', '..', 'examples', 'bank-support', 'requirements.yaml'),
  'utf8',
)
const set = (path: string, value: string) => parseRequirements(setRequirement(text, path, value))

describe('a requirement that is set', () => {
  it('is read as the file would have it, and nothing else changes', () => {
    const before = parseRequirements(text)
    expect(set('scale.peakRequestsPerSecond', '80')).toEqual({
      ...before,
      scale: { ...before.scale, peakRequestsPerSecond: 80 },
    })
    expect(set('hosting.dataResidency', '[EU]').hosting.dataResidency).toEqual(['EU'])
    expect(set('availability.survivesReplicaLoss', 'false').availability.survivesReplicaLoss).toBe(false)
    // A section that the file does not have.
    expect(set('models.minContextTokens', '32000').models.minContextTokens).toBe(32_000)
  })

  it('may be called as people call it', () => {
    expect(set('scale.requestsPerSecond.peak', '80').scale.peakRequestsPerSecond).toBe(80)
  })

  it('is found in a list by its id or its number', () => {
    const [first] = parseRequirements(text).performance.targets
    const named = set(`performance.targets.${first?.id}.value`, '123')
    expect(named.performance.targets[0]?.value).toBe(123)
    expect(set('performance.targets[0].value', '123')).toEqual(named)
  })

  it.each([
    ['scale.peakRequestPerSecond', 'scale.peakRequestsPerSecond'],
    ['scael.peakRequestsPerSecond', 'scale'],
    ['performance.targets.ttft-p96.value', 'performance.targets.ttft-p95'],
  ])('%s is refused with %s', (path, suggestion) => {
    expect(() => setRequirement(text, path, '1')).toThrow(
      expect.objectContaining({ code: 'spec.unknown-path', params: expect.objectContaining({ suggestion }) }),
    )
  })

  it.each([
    ['[1', 'Flow sequence must end with a ]', '括號沒有以「]」結束'],
    ['*one', 'Unresolved alias', '別名「*one」沒有對應的錨點'],
  ])('%s is refused as no YAML, in both languages', (value, english, chinese) => {
    let error: unknown
    try {
      setRequirement(text, 'scale.peakRequestsPerSecond', value)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toMatchObject({ code: 'spec.value-not-yaml' })
    const render = createRenderer(specMessages)
    expect((['en', 'zh-TW'] as const).map((language) => render(error as ArchitectError, language))).toEqual([
      expect.stringContaining(english),
      expect.stringContaining(chinese),
    ])
  })

  it('of a wrong type is refused as the file would be', () => {
    expect(() => set('scale.peakRequestsPerSecond', 'lots')).toThrow(
      expect.objectContaining({ code: 'spec.invalid' }),
    )
  })
})
