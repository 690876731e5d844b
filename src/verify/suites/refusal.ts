// Whether an answer says that the documents do not contain it. A list of phrases, not a judge: an answer in other
// words counts as no refusal, so the figure errs on the strict side.

import { foldText } from './fold-text.js'

/** Folded; what models of all sizes say in the two languages when told to refuse. */
const usualPhrases: readonly RegExp[] = [
  /\b(?:not|n't) (?:\w+ ){0,3}(?:found|mentioned|covered|contained?|included?|specified|stated|provided?|available|in) (?:\w+ ){0,4}(?:documents?|handbook|context|passages?|sources?|information|text)\b/,
  /\b(?:documents?|handbook|context|passages?|sources?|text) (?:provided )?(?:do(?:es)? not|don't|doesn't|cannot) (?:\w+ ){0,2}(?:contain|mention|cover|include|say|specify|state|provide|answer)/,
  /\b(?:cannot|can't|could not|couldn't|unable to) (?:\w+ ){0,2}find (?:\w+ ){0,6}(?:documents?|handbook|context|passages?|sources?|information|answer)\b/,
  /\bno (?:\w+ ){0,2}(?:information|answer|mention) (?:\w+ ){0,4}(?:documents?|handbook|context|passages?|sources?)\b/,
  /(?:文件|手冊|資料|內容|段落|文本)(?:中|裡|內|裏)?(?:並)?(?:沒有|未|找不到|查無|無)(?:[^。！？]{0,12})/,
  /(?:無法|不能)(?:從|在|由)[^。！？]{0,12}(?:文件|手冊|資料|內容)[^。！？]{0,12}(?:找到|得知|回答|得到)/,
  /(?:沒有|找不到|查不到)[^。！？]{0,12}(?:相關|這項|此項|這個)(?:的)?(?:資訊|資料|內容|說明|規定)/,
]

/** @param phrases what the engine under test says, word for word; compared after foldText */
export const createRefusalDetector = (phrases: readonly string[]) => {
  const own = phrases.map(foldText)
  /** A refusal cites nothing: an answer with a citation claims that the documents do contain it. */
  return ({
    text,
    citations,
  }: {
    readonly text: string
    readonly citations: readonly unknown[]
  }): boolean => {
    if (citations.length > 0) return false
    const folded = foldText(text)
    return own.some((phrase) => folded.includes(phrase)) || usualPhrases.some((phrase) => phrase.test(folded))
  }
}
