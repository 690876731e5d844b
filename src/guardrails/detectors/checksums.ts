// Check digits of identity, payment and company numbers. Pure arithmetic on digits; knows no text.

const sumOf = (digits: readonly number[], weights: readonly number[]) =>
  weights.reduce((sum, weight, i) => sum + weight * (digits[i] ?? 0), 0)

/** Luhn over the first `count` digits, ISO/IEC 7812-1 annex B. */
export const luhnHolds = (digits: readonly number[], count = digits.length): boolean => {
  let sum = 0
  for (let i = 0; i < count; i++) {
    const digit = digits[count - 1 - i] as number
    const doubled = i % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return count > 0 && sum % 10 === 0
}

/** The number that Taiwan's household registration gives a first letter; A = 10, but I = 34, O = 35, W = 32, Z = 33. */
export const taiwanLetterValue = (letter: string): number => 'ABCDEFGHJKLMNPQRSTUVXYWZIO'.indexOf(letter) + 10

/**
 * Taiwan national ID and resident certificate: the letter's two digits and the nine that follow.
 * Source: Ministry of the Interior, weights 1 9 8 7 6 5 4 3 2 1 1, sum divisible by 10.
 */
export const taiwanIdHolds = (letter: string, digits: readonly number[]): boolean => {
  const value = taiwanLetterValue(letter)
  const all = [Math.floor(value / 10), value % 10, ...digits]
  return digits.length === 9 && sumOf(all, [1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1]) % 10 === 0
}

/** Mainland China resident ID, GB 11643-1999 (ISO 7064 MOD 11-2). @param check the last character's value, 10 for X */
export const chinaIdHolds = (digits: readonly number[], check: number): boolean =>
  sumOf(digits, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11 === (12 - check) % 11

/** Hong Kong identity card: letters count A = 10 to Z = 35, an absent first one 36. @param check 10 for A */
export const hongKongIdHolds = (letters: string, digits: readonly number[], check: number): boolean => {
  const values = [...letters.padStart(2, ' ')].map((letter) =>
    letter === ' ' ? 36 : letter.charCodeAt(0) - 55,
  )
  return (sumOf([...values, ...digits], [9, 8, 7, 6, 5, 4, 3, 2]) + check) % 11 === 0
}

/** IBAN, ISO 13616 (ISO 7064 MOD 97-10). @param iban upper case, without blanks */
export const ibanHolds = (iban: string): boolean => {
  let remainder = 0
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(character, 36)
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97
  }
  return remainder === 1
}

/** Taiwan unified business number: products' digits sum to a multiple of 5 (Ministry of Finance, since 2023). */
export const businessNumberHolds = (digits: readonly number[]): boolean => {
  const products = [1, 2, 1, 2, 1, 2, 4, 1].map((weight, i) => weight * (digits[i] ?? 0))
  const sum = products.reduce((total, product) => total + Math.floor(product / 10) + (product % 10), 0)
  return digits.length === 8 && (sum % 5 === 0 || (digits[6] === 7 && (sum + 1) % 5 === 0))
}
