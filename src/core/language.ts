// The two languages of the product, and which one a reader wants. Knows nothing of any message.

export const languages = ['en', 'zh-TW'] as const
export type Language = (typeof languages)[number]

/** True for every tag of Chinese; the product renders all of them in Traditional Chinese. */
const isChinese = (tag: string) => /^zh\b/i.test(tag)

/**
 * The language of a locale (`zh_TW.UTF-8`, `en-GB`, `C`).
 * @returns `zh-TW` for any Chinese locale, otherwise `en`.
 */
export const languageOfLocale = (locale: string | undefined): Language =>
  isChinese((locale ?? '').replace('_', '-')) ? 'zh-TW' : 'en'

/**
 * The language of an HTTP `Accept-Language` header (RFC 9110, section 12.5.4): the tag of highest
 * weight that is English or Chinese; `en` when there is none.
 */
export const languageOfHeader = (header: string | undefined): Language => {
  let best: { language: Language; weight: number } = { language: 'en', weight: 0 }
  for (const part of (header ?? '').split(',')) {
    const [tag = '', ...parameters] = part.trim().split(';')
    const quality = parameters.map((p) => /^\s*q=([\d.]+)\s*$/.exec(p)?.[1]).find((q) => q !== undefined)
    const weight = quality === undefined ? 1 : Number(quality)
    const language = isChinese(tag) ? 'zh-TW' : /^en\b/i.test(tag) ? 'en' : undefined
    if (language && weight > best.weight) best = { language, weight }
  }
  return best.language
}

/** The language a text is written in: `zh-TW` when a fifth of its letters or more are Han, otherwise `en`. */
export const languageOfText = (text: string): Language => {
  const han = text.match(/\p{Script=Han}/gu)?.length ?? 0
  const letters = text.match(/\p{L}/gu)?.length ?? 0
  return han > 0 && han >= letters / 5 ? 'zh-TW' : 'en'
}
