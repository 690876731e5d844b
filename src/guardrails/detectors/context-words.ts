// Words that say what a number is. The nearest word before a number decides, in whichever language.

import { isLower } from '../characters.js'
import type { ScanText } from '../scan-text.js'
import { phrases } from './phrases.js'

export type Context =
  | 'phone'
  | 'card'
  | 'passport'
  | 'company'
  | 'hong-kong-id'
  | 'social-security'
  | 'version'
  | 'other'

const words: Readonly<Record<Context, readonly string[]>> = {
  phone: phrases(`
    phone | mobile | cell | tel | telephone | fax | call | contact | dial | desk | office | whatsapp |
    hotline | sms | text me | reach me | 電話 | 手機 | 傳真 | 行動 | 市話 | 來電 | 致電 |
    撥打 | 撥 | 聯絡 | 聯繫 | 簡訊 | 分機 | 電洽 | 电话 | 手机 | 传真 | 联系 | 致电 | 拨打 | 短信 |
    微信 | 電話番号 | 携帯 | 전화 | 휴대 | telefon | teléfono | téléphone | móvil | celular |
    portable | handy
  `),
  card: phrases(`
    card | visa | mastercard | amex | credit | debit | maestro | carte | tarjeta | karte | 信用卡 |
    卡號 | 刷卡 | 金融卡 | 簽帳 | 卡片 | 卡号 | 银行卡 | 銀行卡 | カード
  `),
  passport: phrases(`
    passport | 護照 | 护照 | passeport | pasaporte | reisepass | パスポート
  `),
  company: phrases(`
    統編 | 統一編號 | 统编 | ubn | vat number | tax id number | business number
  `),
  'hong-kong-id': phrases(`
    hkid | hong kong id | 香港身份證 | 香港身分證 | 香港身份证 | 香港永久 | 身份證 | 身份证
  `),
  'social-security': phrases(`
    ssn | social security | soc sec
  `),
  version: phrases(`
    version | ver | ec | release | upgrade to | 版本 | 升級到 | 升到 | 升级到
  `),
  other: phrases(`
    order | invoice | tracking | ticket | case | isbn | issn | sku | serial | part no | ref | batch |
    lot | 訂單 | 單號 | 編號 | 序號 | 案號 | 料號 | 追蹤 | 發票 | 批號 | 書號 | 流水號 | 貨號 | 型號 |
    統編 | 订单 | 单号 | 编号 | 序号 | 料号 | 发票 | 货号 | 型号 | 快递 | 運單 | 运单 | 日期 | 時間 |
    金額
  `),
}

interface ContextWord {
  readonly context: Context
  readonly word: string
  /** One that begins with an ASCII letter stands alone or not at all. */
  readonly isAscii: boolean
}

/** By the code of its last character: where a word may end in a text, few come into question. */
const wordsByEnd = new Map<number, ContextWord[]>()
for (const context of Object.keys(words) as Context[])
  for (const word of words[context]) {
    const last = word.charCodeAt(word.length - 1)
    const list = wordsByEnd.get(last) ?? []
    list.push({ context, word, isAscii: isLower(word.charCodeAt(0)) })
    wordsByEnd.set(last, list)
  }

/** The words of a text from its end to its start; of each the last place decides. */
const wordsIn = (before: string) => {
  const found: { context: Context; at: number }[] = []
  const seen: ContextWord[] = []
  for (let at = before.length; at > 0; at--) {
    for (const entry of wordsByEnd.get(before.charCodeAt(at - 1)) ?? none) {
      const { context, word, isAscii } = entry
      const place = at - word.length
      if (place < 0 || !before.startsWith(word, place) || seen.includes(entry)) continue
      seen.push(entry)
      const isPart = isAscii && (isLower(before.charCodeAt(place - 1)) || isLower(before.charCodeAt(at)))
      if (!isPart) found.push({ context, at })
    }
  }
  return found
}

const none: readonly ContextWord[] = []

/**
 * The contexts named before a number, the nearest first.
 * @param reach visible characters looked back, at most 64
 */
export const contextsBefore = (text: ScanText, at: number, reach: number): readonly Context[] =>
  wordsIn(text.before(at, reach)).map(({ context }) => context)

const connective = /^(?:[\s:#.=()"'「號码碼号為为是-]|no|number|id|nr)*$/

/** Whether the word directly before a number says that it is of another kind: an order, a part, an invoice. */
export const isNamedOther = (text: ScanText, at: number): boolean => {
  const before = text.before(at, 32)
  const nearest = wordsIn(before)[0]
  return nearest?.context === 'other' && connective.test(before.slice(nearest.at))
}

/** In lower case, as codes. */
const phoneWordsAfter = [
  'office',
  'fax',
  'mobile',
  'home',
  'work',
  'cell',
  'desk',
  'phone',
  'ext',
  '分機',
  '分机',
  '轉',
].map((word) => Array.from(word, (letter) => letter.charCodeAt(0) | 32))

/** Whether a word right after a number, past blanks or a dash, says that it was a phone number. */
export const phoneWordFollows = (text: ScanText, at: number): boolean => {
  let start = at
  while (start - at < 3 && (text.at(start) === 32 || text.at(start) === 45 || text.at(start) === 40)) start++
  return phoneWordsAfter.some((word) => word.every((letter, i) => (text.at(start + i) | 32) === letter))
}
