// What a question says about the form of its answer ("reply with the code only"), apart from what it asks. Knows no
// passage.

export type ShortForm = 'number' | 'code' | 'amount' | 'telephone' | 'percentage' | 'name'

export interface AskedForm {
  /** The question without the instruction. */
  readonly question: string
  /** Undefined when a whole sentence may answer. */
  readonly form: ShortForm | undefined
}

const instructions =
  /(?<=^|[。！？?!.\n])\s*(?:請)?(?:只|僅)(?:要|需|須|能)?(?:回答|回覆|回|寫|給|列出)[^。！？?!.\n]{1,20}[。.]?|(?<=^|[.?!。！？\n])\s*(?:please )?(?:just |only )?(?:reply|answer|respond)(?: with)? [^.?!。\n]{0,40}\b(?:only|alone|nothing else)[^.?!。\n]{0,20}[.!]?|(?<=^|[.?!。！？\n])\s*(?:please )?(?:just|only) (?:reply|answer|respond)(?: with)? [^.?!。\n]{1,40}[.!]?/giu

/** In order: the first that an instruction names. */
const names: readonly (readonly [ShortForm, RegExp])[] = [
  ['telephone', /電話|phone/i],
  ['amount', /金額|amount|sum|price/i],
  ['percentage', /百分比|利率|per ?cent|rate/i],
  ['code', /代碼|代號|編號|code|identifier/i],
  ['number', /數字|number|figure|digits/i],
  ['name', /名稱|名字|name/i],
]

export const askedForm = (text: string): AskedForm => {
  const found = text.match(instructions) ?? []
  const question = text.replace(instructions, ' ').trim()
  if (found.length === 0 || question === '') return { question: text, form: undefined }
  const wording = found.join(' ')
  return { question, form: names.find(([, name]) => name.test(wording))?.[0] }
}

const patterns: Readonly<Record<ShortForm, RegExp>> = {
  number: /\d[\d,]*(?:\.\d+)?/g,
  code: /(?<![\p{L}\d])(?=[A-Z\d-]*[A-Z])[A-Z\d][A-Z\d-]{2,}(?![\p{L}\d])|(?<![\p{L}\d])\d{3,}(?![\p{L}\d])/gu,
  amount:
    /(?:NT\$|US\$|HK\$|[$€£¥])\s?\d[\d,]*(?:\.\d+)?|\d[\d,]*(?:\.\d+)?\s?(?:萬|億)?\s?(?:元|圓|美元|dollars?|USD|TWD)/gi,
  telephone: /\+?\d[\d() -]{4,}\d/g,
  percentage: /\d[\d,]*(?:\.\d+)?\s?[%％]/g,
  name: /\p{Lu}[\p{L}\d]*(?:[ -]\p{Lu}[\p{L}\d]*)*/gu,
}

/** The first piece of a sentence that has the form and is not in the question; undefined when there is none. */
export const pieceOfForm = (
  form: ShortForm,
  { sentence, question }: { readonly sentence: string; readonly question: string },
): { readonly start: number; readonly end: number } | undefined => {
  const asked = question.toLowerCase()
  for (const { 0: piece, index } of sentence.matchAll(patterns[form])) {
    if (asked.includes(piece.toLowerCase())) continue
    // A capital letter begins every sentence; alone it makes no name.
    if (form === 'name' && index === 0 && !/[ -]/.test(piece)) continue
    return { start: index, end: index + piece.length }
  }
  return undefined
}
