import { describe, expect, it } from 'vitest'
import { isPlace, placeNamed } from './places.js'

describe('a place', () => {
  it.each(['TW', 'DE', 'US', 'GB', 'EU', 'EEA', 'US-CA', 'CN-71'])('is %s', (place) => {
    expect(isPlace(place)).toBe(true)
  })
  it.each([
    'ATLANTIS',
    'tw',
    'XX',
    'ZZ',
    'UK',
    'UN',
    'XA',
    'XB',
    'EU-CA',
    'EU-WEST-1',
    'US-',
    'Taiwan',
    '',
    '158',
  ])('is not %j', (place) => {
    expect(isPlace(place)).toBe(false)
  })
  it.each([
    ['tw', 'TW'],
    ['Taiwan', 'TW'],
    ['台灣', 'TW'],
    ['Germny', 'DE'],
    ['UK', 'GB'],
    ['eu', 'EU'],
    ['European Union', 'EU'],
    ['ATLANTIS', undefined],
  ])('%s most likely means %s', (text, code) => {
    expect(placeNamed(text)).toBe(code)
  })
})
