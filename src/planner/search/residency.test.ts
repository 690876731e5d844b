import { describe, expect, it } from 'vitest'
import { loadCatalogue } from '../../catalog/index.js'
import { requirementsOf } from '../__fixtures__/requirements-of.js'
import { regionsOf, residencyIn, staysInPlace } from './residency.js'

const catalogue = loadCatalogue()
const asked = (hosting: Record<string, unknown>) => requirementsOf({ hosting })

describe('where data is processed', () => {
  it.each([
    { regions: ['FR'], allowed: ['EU'], is: 'known' },
    { regions: ['US', 'TW'], allowed: ['TW', 'EU'], is: 'known' },
    { regions: ['EU'], allowed: ['EEA'], is: 'known' },
    { regions: ['US-CA'], allowed: ['US'], is: 'known' },
    { regions: ['US'], allowed: [], is: 'known' },
    { regions: ['EU'], allowed: ['FR'], is: 'unknown' },
    { regions: null, allowed: ['EU'], is: 'unknown' },
    { regions: ['NO', 'US'], allowed: ['EU'], is: 'contradicting' },
    { regions: ['US'], allowed: ['US-CA'], is: 'unknown' },
  ])('$regions is $is where $allowed is asked', ({ regions, allowed, is }) => {
    expect(residencyIn(regions, allowed)).toBe(is)
  })

  it('is judged by one rule for machines and for APIs', () => {
    const eu = asked({ dataResidency: ['EU'] })
    const taiwan = asked({ dataResidency: ['TW'] })
    const stays = (provider: string, requirements: typeof eu) =>
      staysInPlace(provider, requirements, catalogue)
    // Known: an API in France, machines in Romania. Contradicting: both of them for Taiwan. Unknown: nobody says.
    expect([stays('ovhcloud', eu), stays('RunPod Secure', eu)]).toEqual([true, true])
    expect([stays('ovhcloud', taiwan), stays('RunPod', taiwan)]).toEqual([false, false])
    expect([stays('groq', eu), stays('Lambda', eu)]).toEqual([false, false])
    expect(stays('AWS p5.48xlarge', taiwan)).toBe(true)
  })

  it('is what the contract says, where the requirements name it', () => {
    const signed = asked({ dataResidency: ['TW'], processedIn: { Groq: ['TW'], runpod: ['TW'] } })
    expect(regionsOf('groq', signed, catalogue)).toEqual(['TW'])
    expect(staysInPlace('groq', signed, catalogue)).toBe(true)
    expect(staysInPlace('RunPod Secure', signed, catalogue)).toBe(true)
  })
})
