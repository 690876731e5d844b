// The numbers of a text, in English and Chinese writing: 1,234.5 / １２３４ / 3 萬 5 千 / 1.2億 / 三千五百 / -4.
// A Chinese numeral alone has to be two characters long or carry a unit, because 一 and 三 are words as well.

import { foldText } from './fold-text.js'

const digitOf: Readonly<Record<string, number>> = {
  〇: 0,
  零: 0,
  一: 1,
  二: 2,
  兩: 2,
  三: 3,
  四: 4,
  五: 5,
  六: 6,
  七: 7,
  八: 8,
  九: 9,
}
const smallUnits: Readonly<Record<string, number>> = { 十: 10, 百: 100, 千: 1000 }
const largeUnits: Readonly<Record<string, number>> = { 萬: 1e4, 億: 1e8, 兆: 1e12 }

const arabic = String.raw`\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?`
const numeral = new RegExp(
  String.raw`(?<![\p{L}\d])-?(?:${arabic})(?:\s*[十百千萬億兆]+(?:\s*(?:${arabic})(?:\s*[十百千萬億兆]+)?)*)?|(?:${arabic})(?:\s*[十百千萬億兆]+(?:\s*(?:${arabic})(?:\s*[十百千萬億兆]+)?)*)?|[〇零一二兩三四五六七八九十百千萬億兆]{2,}`,
  'gu',
)

/** Every number in order of appearance; the parts of a number with units (3 萬 5 千) count on their own, too. */
export const readNumbers = (text: string): readonly number[] =>
  [...foldText(text).matchAll(numeral)].flatMap(([written]) => {
    const whole = numeralValue(written)
    const parts = /[十百千萬億兆]/.test(written)
      ? [...written.matchAll(new RegExp(arabic, 'g'))].map(([part]) => plainNumber(part))
      : []
    return whole === undefined ? parts : [whole, ...parts]
  })

const plainNumber = (digits: string) => Number(digits.replaceAll(',', ''))

const token = new RegExp(`${arabic}|[〇零一二兩三四五六七八九十百千萬億兆]`, 'gu')

/** Sums the sections below each of 萬, 億 and 兆; undefined for what is no number, such as 萬萬. */
const numeralValue = (written: string): number | undefined => {
  const sign = written.startsWith('-') ? -1 : 1
  let total = 0
  let section = 0
  let pending: number | undefined
  for (const [part] of written.matchAll(token)) {
    const small = smallUnits[part]
    const large = largeUnits[part]
    if (small !== undefined) {
      section += (pending ?? 1) * small
      pending = undefined
    } else if (large !== undefined) {
      const amount = section + (pending ?? 0)
      if (amount === 0) return undefined
      total += amount * large
      section = 0
      pending = undefined
    } else {
      const digit = digitOf[part] ?? plainNumber(part)
      // 二〇二六 is read digit by digit.
      pending = pending !== undefined && digitOf[part] !== undefined ? pending * 10 + digit : digit
    }
  }
  return round(sign * (total + section + (pending ?? 0)))
}

/** 1.2 x 1e8 is not 120000000 in binary floating point. */
const round = (value: number) => Number(value.toPrecision(15))
