// What kind of answer a question asks for, and whether a sentence holds one of that kind. Knows two languages.

type AnswerKind = 'amount' | 'count' | 'time' | 'rate' | 'telephone' | 'person' | 'place'

/** In order: the first that a question matches is its kind. */
const questionCues: readonly (readonly [AnswerKind, RegExp])[] = [
  [
    'telephone',
    /\b(?:phone|telephone|hotline|whom? (?:do|should|can) i call|number (?:do|should|can) i call)\b|電話|电话|專線|专线|熱線|打給誰|撥打/i,
  ],
  [
    'rate',
    /\b(?:what (?:interest )?rate|interest rate|per ?cent(?:age)?|how much interest)\b|利率|百分之|百分比|幾趴|比例|比率|成數|幾成|幾折/i,
  ],
  [
    'amount',
    /\b(?:how much|cost|fee|price|charged?|sum|amount|limit|most|least|minimum|maximum|up to)\b|多少錢|多少钱|費用|手續費|手续费|價格|价格|金額|额度|額度|上限|下限|最多|最少|最高|最低|要付|要扣|會扣|收多少|扣多少|花多少|幾元|幾塊/i,
  ],
  [
    'time',
    /\b(?:when|what (?:time|year|day|date|month)|which (?:year|day|month|century)|how long|how soon|until|by what|deadline|what hours?|how old)\b|何時|何时|什麼時候|什么时候|哪一?年|哪一?天|哪一?日|哪個月|哪年|幾點|几点|多久|幾天|几天|幾年|几年|幾月|几月|幾日|日期|時間|时间|期限|年份|幾歲|几岁|截止|何年|何月/i,
  ],
  [
    'count',
    /\b(?:how many|number of|how often|how far|how large|how big|how tall|how high)\b|多少|幾|几|數量|数量|次數|次数|人數|人数/i,
  ],
  ['person', /\b(?:who|whom|whose)\b|誰|谁|哪位|何人|哪個人|哪一位/i],
  [
    'place',
    /\b(?:where|which (?:country|city|place|state|town|region))\b|哪裡|哪里|哪兒|何處|何处|何地|哪個國家|哪国|哪個城市|哪个|什麼地方|什么地方/i,
  ],
]

const digits =
  /\d|[零一二三四五六七八九十百千萬億兩半〇]+(?=[年月日個个次元人天週歲岁倍成])|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|hundred|thousand|million|billion|once|twice|half|first|second|third)\b/i

const answerPatterns: Readonly<Record<AnswerKind, RegExp>> = {
  telephone: /(?:\+?\d[\d() -]{5,}\d)|(?:^|\D)1\d{2,4}(?=\D|$)/,
  rate: /\d(?:[\d.,]*)\s*(?:%|％|per ?cent|趴|成|折)|百分之/i,
  amount:
    /(?:NT\$|US\$|HK\$|[$€£¥]|USD|TWD|NTD)\s*\d|\d[\d,.]*\s*(?:萬|億|千|百)?\s*(?:元|圓|塊|美元|日圓|dollars?|%|％|million|billion)|免收|免費|不收|free of charge|\bfree\b|no (?:fee|charge)|無須|不限/i,
  time: /\d{1,4}\s*(?:年|月|日|號|點|時|分|天|週|歲|小時|個月|個工作天|個營業日|世紀|days?|weeks?|months?|years?|hours?|minutes?|seconds?|working|business|a\.?m|p\.?m)|\b(?:1[0-9]|20)\d{2}\b|\d{1,2}:\d{2}|\b(?:january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|century|immediately|at once)\b|[一二三四五六七八九十]+(?:年|月|日|世紀|天|個月|週)|立即|即時|隨時|當日|當天|次日|世紀|世纪|時期|时期|年代|朝/i,
  count: digits,
  person:
    /\p{Lu}[\p{Ll}.]+(?:\s+\p{Lu}[\p{L}.]+)+|·|、|先生|女士|教授|王|人|者|員|员|[\p{Script=Han}]{2,4}(?:和|與|、)/u,
  place: /\p{Lu}\p{Ll}+|[市縣县省州國国鄉乡鎮镇區区島岛路街山河湖洋海]|櫃|分行|臨櫃/u,
}

/**
 * How well a sentence fits the kind of answer a question asks for.
 * @returns 1 it holds one, -1 it holds none, 0 the question does not say
 */
export const createCue = (question: string): ((text: string) => -1 | 0 | 1) => {
  const kind = questionCues.find(([, cue]) => cue.test(question))?.[0]
  if (kind === undefined) return () => 0
  const pattern = answerPatterns[kind]
  const asked = new Set(question.normalize('NFKC').match(/\d[\d,.]*/g) ?? [])
  return (text) => {
    // A number that the question gave is no answer to it.
    const fresh = text.normalize('NFKC').replace(/\d[\d,.]*/g, (number) => (asked.has(number) ? ' ' : number))
    return pattern.test(fresh) ? 1 : -1
  }
}
