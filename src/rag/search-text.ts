// How text is made searchable. The same normalisation on both sides: of passages when they are indexed, and of
// queries. Knows no index.

/** Runs of characters that are written without spaces between words. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+/gu

/**
 * Words that make a Chinese sentence a question, in both scripts. A question has them and its answer has not, so
 * that they only find other questions. (Stop words of English are taken out by the index's analyzer.)
 */
const questionWords =
  /為什麼|为什么|什麼|什么|甚麼|哪些|哪個|哪个|哪裡|哪里|哪一|哪兒|哪儿|誰|谁|多少|何時|何时|何地|何者|何種|何种|為何|为何|如何|怎麼|怎么|怎樣|怎样|是否|請問|请问|嗎|吗|呢/gu

/** A longer question is searched by its beginning: what it costs grows with its words. */
const maxQueryCharacters = 1000

/** Compatibility forms become the usual ones: full-width digits, Kangxi radicals, ligatures (Unicode NFKC). */
export const normalizeText = (text: string): string => text.normalize('NFKC')

/**
 * The characters of unspaced scripts and the pairs of neighbours among them, separated by spaces: what finds a
 * passage that says the same with other words of the same characters (提領, 領錢).
 */
export const gramsOf = (text: string): string => {
  const grams: string[] = []
  for (const run of text.match(unspaced) ?? []) {
    const characters = [...run]
    grams.push(...characters)
    for (let i = 1; i < characters.length; i++) grams.push(`${characters[i - 1]}${characters[i]}`)
  }
  return grams.join(' ')
}

export interface SearchTerms {
  /** For fields that the analyzer cuts into words. */
  readonly words: string
  /** For the field of characters and pairs; empty when the query has none. */
  readonly grams: string
}

/** What is looked up for a question. */
export const searchTermsOf = (query: string): SearchTerms => {
  const clipped = normalizeText(query.slice(0, maxQueryCharacters))
  const content = clipped.replace(questionWords, ' ')
  // A question of nothing but question words is looked up as it stands.
  const words = content.trim() === '' ? clipped : content
  return { words, grams: gramsOf(words) }
}
