// The words by which a question and a sentence are compared: content words of English, characters and pairs of
// characters of Chinese, numbers as numbers. Knows no passage.

const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+/gu
const words = /\p{N}+(?:[.,:]\p{N}+)*\p{L}*|\p{L}+(?:['’.]\p{L}+)*\p{N}*/gu

const englishStopWords = new Set(
  `a about above after again all also am an and any are aren't as at be because been before being below between both
but by can can't cannot could couldn't did didn't do does doesn't doing don't down during each either else ever every
few for from further get gets getting give given go goes going got had has have having he her here hers him his how
however i i'm i've if in into is isn't it it's its itself just kind know let like long made make makes many may maybe
me might mine more most much must my need needs no nor not now of off often on once only or other our ours out
over own per please put same say says see shall she should show since so some someone something still such take taken
takes tell than that that's the their theirs them then there these they thing things this those through to too under
until up upon us use used using very want wants was wasn't way we well were what what's when where whether which while
who whom whose why will with within without won't would yes yet you you're your yours happen happens happened`.split(
    /\s+/,
  ),
)

/** Words of Chinese that carry no content of their own: they separate what does. Longer ones first. */
const chineseStopWords =
  /為什麼|为什么|什麼時候|什么时候|怎麼辦|怎么办|可不可以|能不能|是不是|有沒有|有没有|請問|请问|什麼|什么|甚麼|哪些|哪個|哪个|哪裡|哪里|哪一|哪種|哪间|哪間|哪家|誰|谁|多少|多久|何時|何时|何地|何者|何種|何种|何處|何处|為何|为何|如何|怎麼|怎么|怎樣|怎样|是否|可以|能夠|能够|應該|应该|需要|必須|必须|已經|已经|如果|因為|因为|所以|但是|或是|或者|以及|還是|还是|關於|关于|對於|对于|我們|我们|你們|你们|您們|他們|他们|她們|自己|這個|这个|那個|那个|這些|这些|那些|一個|一个|一下|時候|时候|的話|的话|才能|不會|不会|就是|都是|[的了是在和與与及或而也都又就才會会能要嗎吗呢吧啊呀我你您他她它這这那其之於于由從从被把將将讓让給给對对為为以有沒没不很再還还到去來来用跟同向當当]/gu

/** Chinese numerals before what they count, and English number words, are compared as numbers. */
const chineseNumeral =
  /([一二兩两三四五六七八九]?十[一二三四五六七八九]?|[一二兩两三四五六七八九])(?=[個个次天日年月週周歲岁分點点時时成倍位張张支折人元塊])/g
const chineseDigits = '零一二三四五六七八九'
const englishNumbers: ReadonlyMap<string, string> = new Map(
  'one two three four five six seven eight nine ten eleven twelve'
    .split(' ')
    .map((word, i) => [word, String(i + 1)]),
)

export interface Terms {
  /** Each distinct term once. */
  readonly all: ReadonlySet<string>
  /** Those of `all` that name something exactly: numbers, names, and Latin words inside a Chinese text. */
  readonly exact: ReadonlySet<string>
}

/** The content of a text. A Chinese character alone is marked `·`, so that it can weigh less than a pair. */
export const termsOf = (text: string): Terms => {
  const normal = text.normalize('NFKC').replace(chineseNumeral, (numeral) => ` ${numeralValue(numeral)} `)
  const all = new Set<string>()
  const exact = new Set<string>()
  const isUnspaced = /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}/u.test(normal)
  for (const run of normal.replace(chineseStopWords, ' ').match(unspaced) ?? []) addCharacters(all, [...run])
  for (const { 0: word, index } of normal
    .replace(unspaced, (run) => ' '.repeat(run.length))
    .matchAll(words)) {
    const lower = word.toLowerCase().replace('’', "'")
    if (englishStopWords.has(lower)) continue
    const isNumber = /\d/.test(word)
    const term = isNumber ? numberOf(lower) : (englishNumbers.get(lower) ?? stemOf(lower))
    all.add(term)
    if (isNumber || isUnspaced || isName(word, normal, index)) exact.add(term)
  }
  return { all, exact }
}

/** A capital where a sentence does not begin, or more than one. */
const isName = (word: string, text: string, index: number) =>
  /\p{Lu}.*\p{Lu}/u.test(word) ||
  (/^\p{Lu}/u.test(word) && /[\p{L}\p{N},;)]\s+$/u.test(text.slice(Math.max(0, index - 4), index)))

const numeralValue = (numeral: string): number => {
  const digit = (character: string | undefined) =>
    character === '兩' || character === '两' ? 2 : Math.max(0, chineseDigits.indexOf(character ?? '零'))
  const ten = numeral.indexOf('十')
  if (ten === -1) return digit(numeral)
  return (ten === 0 ? 1 : digit(numeral[0])) * 10 + digit(numeral[ten + 1])
}

const addCharacters = (terms: Set<string>, characters: readonly string[]) => {
  for (const character of characters) terms.add(`·${character}`)
  for (let i = 1; i < characters.length; i++) terms.add(`${characters[i - 1]}${characters[i]}`)
}

/** `30,000` and `30000` are one number; `24/7` and `09:00` stay as they are. */
const numberOf = (word: string) => word.replace(/(?<=\d),(?=\d{3})/g, '').replace(/\.0+$/, '')

/** Enough of Porter's first step to join forms of a word; the terms are compared, never shown. */
const stemOf = (word: string): string => {
  const base = word.replace(/['’]s?$/, '').replace(/['’]/g, '')
  if (base.length <= 3) return base
  const singular = base
    .replace(/(?<=[^aeiou])ies$/, 'y')
    .replace(/(?<=ss|sh|ch|x|z)es$/, '')
    .replace(/(?<=[^su])s$/, '')
  const verb = singular.length > 5 ? singular.replace(/(?:ing|ed)$/, '') : singular
  return verb.replace(/(?<=([^aeiou]))\1$/, '').replace(/(?<=.{3})[ey]$/, '')
}
