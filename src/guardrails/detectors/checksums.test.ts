import { describe, expect, it } from 'vitest'
import {
  businessNumberHolds,
  chinaIdHolds,
  hongKongIdHolds,
  ibanHolds,
  luhnHolds,
  taiwanIdHolds,
} from './checksums.js'

const digits = (text: string) => [...text].map(Number)

/** How many of the ten values of one digit keep a checksum. */
const survivors = (text: string, at: number, holds: (digits: number[]) => boolean) =>
  [...'0123456789'].filter((digit) => holds(digits(text.slice(0, at) + digit + text.slice(at + 1)))).length

describe('check digits', () => {
  it('accept published examples', () => {
    expect(luhnHolds(digits('4111111111111111'))).toBe(true)
    expect(luhnHolds(digits('378282246310005'))).toBe(true)
    expect(taiwanIdHolds('A', digits('123456789'))).toBe(true)
    expect(chinaIdHolds(digits('11010519491231002'), 10)).toBe(true)
    expect(hongKongIdHolds('A', digits('123456'), 3)).toBe(true)
    expect(ibanHolds('GB82WEST12345698765432')).toBe(true)
    expect(ibanHolds('DE89370400440532013000')).toBe(true)
    expect(businessNumberHolds(digits('22099131'))).toBe(true)
  })

  it('refuse every change of one digit', () => {
    for (let at = 0; at < 16; at++) expect(survivors('4111111111111111', at, (d) => luhnHolds(d))).toBe(1)
    // The weights of Taiwan's number share factors with 10, so only some of its digits are fully protected.
    for (const at of [1, 5, 7, 8]) expect(survivors('123456789', at, (d) => taiwanIdHolds('A', d))).toBe(1)
    for (let at = 0; at < 17; at++)
      expect(survivors('11010519491231002', at, (d) => chinaIdHolds(d, 10))).toBe(1)
    for (let at = 0; at < 6; at++) expect(survivors('123456', at, (d) => hongKongIdHolds('A', d, 3))).toBe(1)
    expect(ibanHolds('GB82WEST12345698765423')).toBe(false)
  })
})
