// The risk register in both languages: what can go wrong and what the architecture does about it.

import { counted, defineMessages, formatNumber } from '../../core/index.js'

export const riskMessages = defineMessages({
  'planner.risk-wrong-answer': {
    en: (_: Record<never, never>) => 'It states something false with confidence.',
    'zh-TW': () => '自信地說出錯誤內容。',
  },
  'planner.mitigate-wrong-answer': {
    en: (p: { grounded: boolean }) =>
      p.grounded
        ? 'Answers come from retrieved passages and cite them; citations are checked; an eval suite runs before each change.'
        : 'An eval suite runs before each change; instructions ask it to say when it does not know.',
    'zh-TW': (p) =>
      p.grounded
        ? '回答取自檢索段落並附引用，引用經過檢查；每次變更前執行評測集。'
        : '每次變更前執行評測集；指示要求不知道時直說。',
  },
  'planner.risk-not-in-documents': {
    en: (_: Record<never, never>) => 'It answers a question that the documents do not answer.',
    'zh-TW': () => '文件沒有答案卻仍作答。',
  },
  'planner.mitigate-not-in-documents': {
    en: (_: Record<never, never>) => 'It is told to say so, and near misses are part of the eval suite.',
    'zh-TW': () => '指示要求直說文件沒有；評測集包含似是而非的題目。',
  },
  'planner.risk-language': {
    en: (p: { languages: readonly string[] }) =>
      `It is weaker, or mixes variants, in ${p.languages.join(', ')}.`,
    'zh-TW': (p) => `在 ${p.languages.join('、')} 的表現較弱，或夾雜其他用語。`,
  },
  'planner.mitigate-language': {
    en: (_: Record<never, never>) => 'Published scores are English: evaluate in every language of the users.',
    'zh-TW': () => '公開評分以英文為主：請用使用者的每一種語言評測。',
  },
  'planner.risk-injection': {
    en: (p: { documents: boolean }) =>
      `Text in a question${p.documents ? ' or a document' : ''} takes over the instructions.`,
    'zh-TW': (p) => `問題${p.documents ? '或文件' : ''}中的文字取代了原本的指示。`,
  },
  'planner.mitigate-injection': {
    en: (p: { blocked: boolean }) =>
      p.blocked
        ? 'Guards on input and on retrieved text; retrieved text is marked as information; no secret stands in a prompt.'
        : 'Guards are off: consider promptInjection: block.',
    'zh-TW': (p) =>
      p.blocked
        ? '輸入與檢索內容皆有防護；檢索內容標示為資料；提示中不放機密。'
        : '防護關閉：建議設定 promptInjection: block。',
  },
  'planner.risk-false-alarm': {
    en: (_: Record<never, never>) => 'Guards refuse harmless questions.',
    'zh-TW': () => '防護誤擋無害的問題。',
  },
  'planner.mitigate-false-alarm': {
    en: (_: Record<never, never>) =>
      'Harmless look-alikes are measured beside attacks; rules can be set to observe.',
    'zh-TW': () => '與攻擊一併量測形似的無害問題；規則可設為僅觀察。',
  },
  'planner.risk-personal-data': {
    en: (_: Record<never, never>) => 'Personal data reaches a model or leaves in an answer.',
    'zh-TW': () => '個人資料進入模型，或出現在回答中。',
  },
  'planner.mitigate-personal-data': {
    en: (p: { action: string }) =>
      p.action === 'allow'
        ? 'Nothing: personalData is set to allow.'
        : 'Detected by pattern and checksum on input and output, also across the pieces of a stream; logs hold no text.',
    'zh-TW': (p) =>
      p.action === 'allow'
        ? '無：personalData 設為 allow。'
        : '輸入與輸出皆以樣式與檢查碼偵測，串流分段亦然；日誌不含內文。',
  },
  'planner.risk-residency': {
    en: (p: { places: readonly string[] }) => `Data is processed outside ${p.places.join(', ')}.`,
    'zh-TW': (p) => `資料在 ${p.places.join('、')} 以外處理。`,
  },
  'planner.mitigate-residency': {
    en: (_: Record<never, never>) =>
      'APIs that do not show where they process are ruled out; where rented machines stand is for the contract.',
    'zh-TW': () => '未載明處理地點的 API 已排除；租用主機的所在地須由合約約定。',
  },
  'planner.risk-slow': {
    en: (_: Record<never, never>) => 'It is slower than predicted.',
    'zh-TW': () => '實際比預測慢。',
  },
  'planner.mitigate-slow': {
    en: (_: Record<never, never>) =>
      'Capacity is planned on the bad end of the prediction; a load test on the real hardware comes before launch.',
    'zh-TW': () => '容量以預測的不利端規劃；上線前在實際硬體上壓力測試。',
  },
  'planner.risk-burst': {
    en: (p: { peak: number }) => `A burst beyond ${counted(p.peak, 'request')}/s.`,
    'zh-TW': (p) => `瞬間流量超過每秒 ${formatNumber(p.peak)} 個請求。`,
  },
  'planner.mitigate-burst': {
    en: (_: Record<never, never>) =>
      'Limits per key answer 429 instead of letting everybody wait; replicas are counted by the slow end of their range.',
    'zh-TW': () => '每把金鑰的上限會回應 429，而不是讓所有人等待；副本數以預測範圍中較慢的一端計算。',
  },
  'planner.risk-growth': {
    en: (p: { peak: number; inAYear: number }) =>
      `Traffic grows from ${formatNumber(p.peak)} to ${counted(p.inAYear, 'request')}/s in a year.`,
    'zh-TW': (p) => `流量一年內由每秒 ${formatNumber(p.peak)} 成長至 ${formatNumber(p.inAYear)} 個請求。`,
  },
  'planner.mitigate-growth': {
    en: (_: Record<never, never>) => 'Add replicas; design again when the peak has grown by a third.',
    'zh-TW': () => '增加副本；尖峰成長三分之一時重新設計。',
  },
  'planner.risk-cost': {
    en: (p: { millionTokens: number }) =>
      `The bill grows with ${formatNumber(p.millionTokens)} million tokens a month, and with what nobody planned.`,
    'zh-TW': (p) => `費用隨每月 ${formatNumber(p.millionTokens)} 百萬個詞元及計畫外的用量增加。`,
  },
  'planner.mitigate-cost': {
    en: (_: Record<never, never>) =>
      'Budgets are reserved before each call; the ledger prices every attempt.',
    'zh-TW': () => '每次呼叫前先保留預算；帳本為每次嘗試計價。',
  },
  'planner.risk-bill': {
    en: (_: Record<never, never>) => 'The ledger and the invoice differ.',
    'zh-TW': () => '帳本與帳單不符。',
  },
  'planner.mitigate-bill': {
    en: (_: Record<never, never>) =>
      'Each call is journalled before it is made, and settled before the answer ends.',
    'zh-TW': () => '每次呼叫先記入日誌再送出，並在回答結束前結算。',
  },
  'planner.risk-crash': {
    en: (_: Record<never, never>) => 'A process or a machine dies.',
    'zh-TW': () => '程序或主機故障。',
  },
  'planner.mitigate-crash': {
    en: (p: { spare: boolean }) =>
      p.spare
        ? 'A spare replica, or an API that takes its load; what was acknowledged survives kill -9; children restart.'
        : 'What was acknowledged survives kill -9; children restart. There is no spare replica.',
    'zh-TW': (p) =>
      p.spare
        ? '有備援副本，或由 API 承接其負載；已確認的資料在 kill -9 後仍在；子程序會重新啟動。'
        : '已確認的資料在 kill -9 後仍在；子程序會重新啟動。沒有備援副本。',
  },
})
