// What is to be said of a workload read from traffic, in both languages.

import {
  defineMessages,
  errorFactory,
  formatNumber,
  formatPercent,
  formatUsd,
  type Language,
  messageFactory,
} from '../../core/index.js'

type None = Record<never, never>

export const trafficMessages = defineMessages({
  'traffic.unknown-format': {
    en: (p: { formats: readonly string[]; keys: readonly string[] }) =>
      `This is none of the formats that can be read: ${p.formats.join(', ')}. ${p.keys.length > 0 ? `It begins with the fields ${p.keys.join(', ')}.` : 'No row with fields was found in it.'} If it is one of them, name it with --format; a request log needs a time and token counts (timestamp, prompt_tokens, completion_tokens).`,
    'zh-TW': (p) =>
      `這不是可讀取的格式：${p.formats.join('、')}。${p.keys.length > 0 ? `它開頭的欄位是 ${p.keys.join('、')}。` : '其中找不到含有欄位的資料列。'}若確實是其中一種，請用 --format 指定；請求記錄需要時間與 token 數（timestamp、prompt_tokens、completion_tokens）。`,
  },
  'traffic.format-not-known': {
    en: (p: { format: string; formats: readonly string[] }) =>
      `There is no format "${p.format}". Known: ${p.formats.join(', ')}.`,
    'zh-TW': (p) => `沒有「${p.format}」這種格式。可用的有：${p.formats.join('、')}。`,
  },
  'traffic.nothing-read': {
    en: (p: { format: string; broken: number; line: number | null }) =>
      `Not one row could be read as ${p.format}${p.line === null ? ': the source is empty' : ` (${p.broken} could not, the first on line ${p.line})`}. Check that it is the right file, or leave out --format.`,
    'zh-TW': (p) =>
      `沒有任何一列能以 ${p.format} 讀取${p.line === null ? '：來源是空的' : `（${p.broken} 列無法讀取，第一列在第 ${p.line} 行）`}。請確認檔案是否正確，或不要指定 --format。`,
  },
  'traffic.no-rows': {
    en: (_: None) =>
      'This is a CSV with a header and no rows. Export it again for a time in which there were requests.',
    'zh-TW': () => '這份 CSV 只有標題列，沒有資料列。請重新匯出有請求的期間。',
  },
  'traffic.no-vllm-metrics': {
    en: (p: { names: readonly string[] }) =>
      `These metrics are not those of vLLM: vllm:request_prompt_tokens is missing. They begin with ${p.names.join(', ') || 'nothing'}. Give the /metrics of a vLLM server that has answered a request.`,
    'zh-TW': (p) =>
      `這些指標不是 vLLM 的：缺少 vllm:request_prompt_tokens。開頭是 ${p.names.join('、') || '空的'}。請提供已回應過請求的 vLLM 伺服器的 /metrics。`,
  },
  'traffic.relative-clock': {
    en: (p: { unit: 's' | 'ms' }) =>
      `Its times count from its own start and are read as ${p.unit}; the hour of the day is not known.`,
    'zh-TW': (p) =>
      `它的時間從自身開頭起算，以${p.unit === 's' ? '秒' : '毫秒'}讀取；無法得知是一天中的哪個小時。`,
  },
  'traffic.whole-seconds': {
    en: (_: None) =>
      'Its times are whole seconds: gaps below a second look like 0 or 1, and burstiness is only roughly known.',
    'zh-TW': () => '它的時間以整秒計：不足一秒的間隔只會是 0 或 1，突發程度只是粗略值。',
  },
  'traffic.not-in-order': {
    en: (_: None) =>
      'Its rows are not in the order of arrival. Rates are computed in order; what prompts share with earlier ones, in the order of the rows.',
    'zh-TW': () => '資料列未依抵達順序排列。速率依時間順序計算；提示與先前提示的共用部分則依資料列順序計算。',
  },
  'traffic.without-time': {
    en: (p: { count: number }) => `${formatNumber(p.count)} requests have no time and are in no rate.`,
    'zh-TW': (p) => `${formatNumber(p.count)} 個請求沒有時間，未計入速率。`,
  },
  'traffic.retries': {
    en: (p: { count: number }) =>
      `${formatNumber(p.count)} rows are further attempts of a request: they cost, and are no arrivals.`,
    'zh-TW': (p) => `${formatNumber(p.count)} 列是同一請求的再次嘗試：計入費用，不計為新請求。`,
  },
  'traffic.sums-only': {
    en: (_: None) =>
      'It holds sums over intervals: means are known, percentiles, burstiness and peaks inside an interval are not.',
    'zh-TW': () => '它只有各時段的加總：可得平均值，無法得知百分位數、突發程度與時段內的尖峰。',
  },
  'traffic.overlapping': {
    en: (_: None) =>
      'Some of its intervals overlap, so requests may be counted twice. Export one width alone.',
    'zh-TW': () => '部分時段互相重疊，請求可能重複計算。請只匯出單一時段長度。',
  },
  'traffic.counters': {
    en: (_: None) =>
      'Counters of a running server: percentiles lie between the bounds shown; peaks and burstiness are not in it.',
    'zh-TW': () => '這是執行中伺服器的計數器：百分位數介於所列界限之間；其中沒有尖峰與突發程度。',
  },
  'traffic.file-time': {
    en: (_: None) =>
      'The time of the reading is taken to be when the file was last written; the rate is wrong if it was copied later.',
    'zh-TW': () => '讀取時間以檔案最後寫入時間為準；若檔案是之後才複製的，速率會有誤。',
  },
  'traffic.restarted': {
    en: (_: None) => 'The server restarted between the two readings; only the second one is used.',
    'zh-TW': () => '伺服器在兩次讀取之間重新啟動，只採用第二次的數值。',
  },
  'traffic.peak-above': {
    en: (p: { stated: number; measured: number; windowSeconds: number }) =>
      `The busiest ${p.windowSeconds} s had ${formatNumber(p.measured)} requests/s, the requirements state a peak of ${formatNumber(p.stated)}.`,
    'zh-TW': (p) =>
      `最忙的 ${p.windowSeconds} 秒達每秒 ${formatNumber(p.measured)} 個請求，需求所述尖峰為 ${formatNumber(p.stated)}。`,
  },
  'traffic.mean-above': {
    en: (p: { stated: number; measured: number }) =>
      `The mean alone is ${formatNumber(p.measured)} requests/s, above the stated peak of ${formatNumber(p.stated)}.`,
    'zh-TW': (p) =>
      `光是平均就有每秒 ${formatNumber(p.measured)} 個請求，高於需求所述尖峰 ${formatNumber(p.stated)}。`,
  },
  'traffic.peak-far-below': {
    en: (p: { stated: number; measured: number; windowSeconds: number }) =>
      `The stated peak of ${formatNumber(p.stated)} requests/s is ${formatNumber(p.stated / p.measured)} times what the busiest ${p.windowSeconds} s showed (${formatNumber(p.measured)}).`,
    'zh-TW': (p) =>
      `需求所述尖峰每秒 ${formatNumber(p.stated)} 個請求，是最忙 ${p.windowSeconds} 秒實測值（${formatNumber(p.measured)}）的 ${formatNumber(p.stated / p.measured)} 倍。`,
  },
  'traffic.length-off': {
    en: (p: { stated: number; measured: number }) =>
      `${formatNumber(p.measured)} tokens were measured where ${formatNumber(p.stated)} are stated${signed(p, 'en')}.`,
    'zh-TW': (p) =>
      `實測為 ${formatNumber(p.measured)} 個詞元，需求所述為 ${formatNumber(p.stated)}${signed(p, 'zh-TW')}。`,
  },
  'traffic.share-off': {
    en: (p: { stated: number; measured: number }) =>
      `${formatPercent(p.measured, 'en')} was measured where ${formatPercent(p.stated, 'en')} is stated.`,
    'zh-TW': (p) =>
      `實測為 ${formatPercent(p.measured, 'zh-TW')}，需求所述為 ${formatPercent(p.stated, 'zh-TW')}。`,
  },
  'traffic.curve-off': {
    en: (p: { stated: number; measured: number }) =>
      `The average hour carries ${formatPercent(p.measured, 'en')} of the busiest one, the stated curve says ${formatPercent(p.stated, 'en')}.`,
    'zh-TW': (p) =>
      `平均每小時為最忙一小時的 ${formatPercent(p.measured, 'zh-TW')}，需求所述曲線為 ${formatPercent(p.stated, 'zh-TW')}。`,
  },
  'traffic.over-budget': {
    en: (p: { stated: number; measured: number }) =>
      `This traffic costs ${formatUsd(p.measured)} a month today, the budget is ${formatUsd(p.stated)}.`,
    'zh-TW': (p) => `這些流量目前每月花費 ${formatUsd(p.measured)}，預算為 ${formatUsd(p.stated)}。`,
  },
})

/** The change in percent between brackets; nothing where it would be one of nothing. */
const signed = (
  { stated, measured }: { readonly stated: number; readonly measured: number },
  language: Language,
) => {
  if (stated === 0) return ''
  const change = measured / stated - 1
  const shown = `${change > 0 ? '+' : '−'}${formatPercent(Math.abs(change), language)}`
  return language === 'en' ? ` (${shown})` : `（${shown}）`
}

export const trafficMessage = messageFactory(trafficMessages)
export const trafficError = errorFactory(trafficMessages)
