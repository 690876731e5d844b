// What verify says, in both languages. The titles of the scorecard's rows are in row-titles.ts.

import { defineMessages, errorFactory, formatNumber, messageFactory } from '../core/index.js'
import { yamlErrorInChinese } from '../spec/index.js'
import type { GateName } from './load/gate.js'

const list = (items: readonly string[]) => items.join(', ')
const gatesEn: Record<GateName, string> = {
  'achieved-rate': 'share of the requested rate that was sent',
  'schedule-lag': 'P99 delay of a request behind its scheduled time',
  'event-loop-delay': "P99 delay of the load generator's event loop",
}
const gatesZh: Record<GateName, string> = {
  'achieved-rate': '實際送出速率占要求速率的比例',
  'schedule-lag': '請求晚於排定時間的 P99 延遲',
  'event-loop-delay': '負載產生器事件迴圈的 P99 延遲',
}
const unitText = (value: number, unit: 'share' | 'ms') =>
  unit === 'share' ? formatNumber(value) : `${formatNumber(value)} ms`

interface MissedPrediction {
  readonly measured: number
  /** null where the prediction has no bound. */
  readonly low: number | null
  readonly high: number | null
  readonly unit: string
}
const amount = (value: number | null, unit: string) => {
  if (value === null) return '?'
  return unit === 'share' ? `${formatNumber(value * 100)} %` : `${formatNumber(value)} ${unit}`
}

const questionExample = '{"id": "q-1", "question": "...", "expected": [{"path": "fees.md", "quote": "..."}]}'

/** Fields that name a suite, each with its file. */
const suiteFields = { suite: 'requirements.yaml', questions: 'load-profile.yaml' } as const
export type SuiteField = keyof typeof suiteFields

export const verifyMessages = defineMessages({
  'verify.load-profile-invalid': {
    en: (p: { path: string; detail: string }) => `${p.path} is not a load profile. Correct it:\n${p.detail}`,
    'zh-TW': (p) => `${p.path} 不是有效的負載設定檔。請修正：\n${p.detail}`,
  },
  'verify.load-profile-not-yaml': {
    en: (p: { path: string; detail: string }) => `${p.path} is not valid YAML: ${p.detail}`,
    'zh-TW': (p) => `${p.path} 不是有效的 YAML：${yamlErrorInChinese(p.detail)}`,
  },
  'verify.load-profile-unknown': {
    en: (p: { path: string; name: string; known: readonly string[] }) =>
      `${p.path} has no profile "${p.name}". Use one of: ${list(p.known)}.`,
    'zh-TW': (p) => `${p.path} 沒有名為「${p.name}」的設定。請改用：${list(p.known)}。`,
  },
  'verify.suite-missing': {
    en: (p: { path: string; field: SuiteField }) =>
      `The suite ${p.path} does not exist. Write it, one JSON object a line, or correct "${p.field}" in ${suiteFields[p.field]}.`,
    'zh-TW': (p) =>
      `評測檔 ${p.path} 不存在。請建立它（每行一個 JSON 物件），或修正 ${suiteFields[p.field]} 的 ${p.field}。`,
  },
  'verify.suite-invalid': {
    en: (p: { path: string; line: number; detail: string }) =>
      `${p.path}, line ${p.line} is not a row of this suite. Correct it: ${p.detail}`,
    'zh-TW': (p) => `${p.path} 第 ${p.line} 行不符合這份評測的格式。請修正：${p.detail}`,
  },
  'verify.dataset-unknown': {
    en: (p: { path: string }) =>
      `${p.path} is no retrieval dataset. Name a BEIR folder (corpus.jsonl, queries.jsonl, qrels/test.tsv) or SQuAD JSON files; of BEIR folders one at a time.`,
    'zh-TW': (p) =>
      `${p.path} 不是檢索資料集。請指定 BEIR 資料夾（corpus.jsonl、queries.jsonl、qrels/test.tsv）或 SQuAD 的 JSON 檔；BEIR 資料夾一次只能一個。`,
  },
  'verify.dataset-line-invalid': {
    en: (p: { path: string; line: number; expected: string }) =>
      `${p.path}, line ${p.line}: ${p.expected} is expected there. Correct the line.`,
    'zh-TW': (p) => `${p.path} 第 ${p.line} 行：應為 ${p.expected}。請修正這一行。`,
  },
  'verify.squad-invalid': {
    en: (p: { path: string; place: string | null }) =>
      `${p.path} is no SQuAD file${p.place === null ? ': it is not JSON' : `: what is at ${p.place} does not fit`}. It looks like {"data": [{"paragraphs": [{"context": "...", "qas": [{"id": "...", "question": "..."}]}]}]}; for other data, name a BEIR folder.`,
    'zh-TW': (p) =>
      `${p.path} 不是 SQuAD 檔${p.place === null ? '：內容不是 JSON' : `：${p.place} 的內容不符`}。格式為 {"data": [{"paragraphs": [{"context": "...", "qas": [{"id": "...", "question": "..."}]}]}]}；其他資料請使用 BEIR 資料夾。`,
  },
  'verify.dataset-unjudged': {
    en: (p: { path: string }) =>
      `None of the questions in ${p.path} has an answer in the dataset: their ids do not match. Check that both belong together.`,
    'zh-TW': (p) => `${p.path} 中沒有任何問題在資料集裡有答案：識別名稱不相符。請確認兩者屬於同一份資料。`,
  },
  'verify.predictions-invalid': {
    en: (p: { path: string; detail: string }) =>
      `${p.path} holds no predictions. Write it again with: llm-architect design. ${p.detail}`,
    'zh-TW': (p) => `${p.path} 不是有效的預測檔。請以 llm-architect design 重新產生。${p.detail}`,
  },
  'verify.profile-invalid': {
    en: (p: { path: string; line: number; detail: string }) =>
      `${p.path}, line ${p.line}, is no request of a load. Write the file again with: llm-architect verify. ${p.detail}`,
    'zh-TW': (p) =>
      `${p.path} 第 ${p.line} 行不是負載請求的紀錄。請以 llm-architect verify 重新產生。${p.detail}`,
  },
  'verify.predictions-late': {
    en: (p: { path: string }) =>
      `${p.path} was written after the load had started, so it predicts nothing. Run verify again without writing it meanwhile.`,
    'zh-TW': (p) => `${p.path} 在負載開始之後才寫入，不能算是預測。請重新執行 verify，期間不要寫入該檔。`,
  },
  'verify.evidence-invalid': {
    en: (p: { path: string; detail: string }) =>
      `${p.path} is not an evidence file. Write it again with: npm run acceptance. ${p.detail}`,
    'zh-TW': (p) => `${p.path} 不是有效的量測記錄檔。請以 npm run acceptance 重新產生。${p.detail}`,
  },
  'verify.bench-answer': {
    en: (p: { address: string; detail: string }) =>
      `${p.address} did not answer as it should, so it was not measured: ${p.detail}`,
    'zh-TW': (p) => `${p.address} 的回答不符預期，因此未予測量：${p.detail}`,
  },
  'verify.figures-missing': {
    en: (p: { area: string }) =>
      `The document has no place for the figures of "${p.area}". Put <!-- figures:${p.area} --> and <!-- /figures --> into it.`,
    'zh-TW': (p) =>
      `文件中沒有「${p.area}」數據的位置。請加入 <!-- figures:${p.area} --> 與 <!-- /figures -->。`,
  },
  'verify.system-answer': {
    en: (p: { method: string; path: string; status: number; message: string }) =>
      `${p.method} ${p.path} was answered by HTTP ${p.status}: ${p.message}. Check that the system under test runs and that the key may use it.`,
    'zh-TW': (p) =>
      `${p.method} ${p.path} 的回應是 HTTP ${p.status}：${p.message}。請確認受測系統正在執行，而且金鑰有權使用。`,
  },
  'verify.system-away': {
    en: (p: { method: string; path: string; detail: string }) =>
      `${p.method} ${p.path} got no answer: ${p.detail}. Check that the system under test runs.`,
    'zh-TW': (p) => `${p.method} ${p.path} 沒有回應：${p.detail}。請確認受測系統正在執行。`,
  },
  'verify.model-missing': {
    en: (_p: Record<string, never>) => 'The architecture has no route to ask. Add one to architecture.yaml.',
    'zh-TW': () => '架構中沒有可以詢問的路由。請在 architecture.yaml 加上一個。',
  },

  'verify.note.stand-in': {
    en: (p: { deployment: string; standsFor: string }) =>
      `Answered by ${p.deployment}, a stand-in for ${p.standsFor}: shown, not judged.`,
    'zh-TW': (p) => `由 ${p.deployment} 代替 ${p.standsFor} 作答：僅供參考，不作判定。`,
  },
  'verify.note.stand-in-judged': {
    en: (p: { deployment: string; standsFor: string }) =>
      `Measured on ${p.deployment}, a stand-in for ${p.standsFor}, at the load and the lengths of this run; the target is the same number.`,
    'zh-TW': (p) => `在 ${p.deployment} 上以這次的負載與長度量測，它代替 ${p.standsFor}；目標值相同。`,
  },
  'verify.note.prediction-missed': {
    en: (p: MissedPrediction) =>
      `The prediction missed: measured ${amount(p.measured, p.unit)}, outside ${amount(p.low, p.unit)} to ${amount(p.high, p.unit)}.`,
    'zh-TW': (p) =>
      `預測失準：實測 ${amount(p.measured, p.unit)}，不在 ${amount(p.low, p.unit)} 至 ${amount(p.high, p.unit)} 之間。`,
  },
  'verify.note.load-below-target': {
    en: (p: { offered: number; required: number; unit: string }) =>
      `The load offered was ${formatNumber(p.offered)} ${p.unit}, the target asks for ${formatNumber(p.required)}: not judged.`,
    'zh-TW': (p) =>
      `實際負載為 ${formatNumber(p.offered)} ${p.unit}，目標要求 ${formatNumber(p.required)}：不作判定。`,
  },
  'verify.note.lengths-below-target': {
    en: (p: { kind: 'input' | 'output'; measured: number; required: number }) =>
      `The median ${p.kind} had ${formatNumber(p.measured)} tokens, the target speaks of ${formatNumber(p.required)}: not judged.`,
    'zh-TW': (p) =>
      `${p.kind === 'input' ? '輸入' : '輸出'}長度中位數為 ${formatNumber(p.measured)} 個 token，目標為 ${formatNumber(p.required)}：不作判定。`,
  },
  'verify.note.lengths-unknown': {
    en: (_p: Record<string, never>) =>
      'The server reported no token counts, so the lengths of the target cannot be checked: not judged.',
    'zh-TW': () => '伺服器未回報 token 數，無法核對目標的長度條件：不作判定。',
  },
  'verify.note.no-tokens': {
    en: (_p: Record<string, never>) =>
      'The server reported no token counts, so there is no speed to measure. Let the engine report usage (quirks.noStreamUsage).',
    'zh-TW': () => '伺服器未回報 token 數，無法計算速度。請讓引擎回報用量（quirks.noStreamUsage）。',
  },
  'verify.note.load': {
    en: (p: { shape: string; requestsPerSecond: number; seconds: number; seed: number; n: number }) =>
      `Open loop, ${p.shape}, ${formatNumber(p.requestsPerSecond)} requests/s for ${formatNumber(p.seconds)} s after warm-up, seed ${p.seed}: ${p.n} requests.`,
    'zh-TW': (p) =>
      `開放式負載，${p.shape}，暖機後每秒 ${formatNumber(p.requestsPerSecond)} 個請求，持續 ${formatNumber(p.seconds)} 秒，亂數種子 ${p.seed}：共 ${p.n} 個請求。`,
  },
  'verify.note.public-questions': {
    en: (p: { file: string; suite: string }) =>
      `${p.file} is not there, so that the load asked public questions (${p.suite}). For your own, write it, one a line: ${questionExample}`,
    'zh-TW': (p) =>
      `找不到 ${p.file}，因此負載使用公開題目（${p.suite}）。若要使用您的題目，請建立該檔，每行一題：${questionExample}`,
  },
  'verify.note.lengths': {
    en: (p: { inputTokens: number; outputTokens: number }) =>
      `Median lengths: ${formatNumber(p.inputTokens)} tokens in, ${formatNumber(p.outputTokens)} out, counted by the server.`,
    'zh-TW': (p) =>
      `長度中位數：輸入 ${formatNumber(p.inputTokens)} 個 token，輸出 ${formatNumber(p.outputTokens)} 個，由伺服器計算。`,
  },
  'verify.note.gate-failed': {
    en: (p: { gate: GateName; value: number; limit: number; unit: 'share' | 'ms' }) =>
      `Invalid: the ${gatesEn[p.gate]} was ${unitText(p.value, p.unit)}, the limit is ${unitText(p.limit, p.unit)}. Run it again on a quieter machine, or with less load.`,
    'zh-TW': (p) =>
      `無效：${gatesZh[p.gate]}為 ${unitText(p.value, p.unit)}，限值為 ${unitText(p.limit, p.unit)}。請在較空閒的機器上重跑，或降低負載。`,
  },
  'verify.note.repeated': {
    en: (p: { gates: readonly GateName[] }) =>
      `The load was offered twice: the first time the generator was late (${list(p.gates.map((gate) => gatesEn[gate]))}).`,
    'zh-TW': (p) =>
      `負載執行了兩次：第一次負載產生器不夠準時（${p.gates.map((gate) => gatesZh[gate]).join('、')}）。`,
  },
  'verify.note.failed-requests': {
    en: (p: { failed: number; n: number; codes: readonly string[] }) =>
      `${p.failed} of ${p.n} requests failed (${list(p.codes)}); each counts against the figure.`,
    'zh-TW': (p) => `${p.n} 個請求中有 ${p.failed} 個失敗（${list(p.codes)}），皆計為不合格。`,
  },
  'verify.note.from-cache': {
    en: (p: { hits: number; n: number }) =>
      `${p.hits} of ${p.n} answers came from the answer cache and are left out.`,
    'zh-TW': (p) => `${p.n} 個回答中有 ${p.hits} 個來自回答快取，不列入計算。`,
  },
  'verify.note.sample-too-small': {
    en: (p: { n: number }) => `${p.n} observations are too few for both bounds of the interval.`,
    'zh-TW': (p) => `${p.n} 筆觀測值不足以求得區間的上下界。`,
  },
  'verify.note.not-run': {
    en: (p: { area: string }) => `The area "${p.area}" was not part of this run.`,
    'zh-TW': (p) => `這次執行不包含「${p.area}」。`,
  },
  'verify.note.failed-to-run': {
    en: (p: { detail: string }) => `The measurement could not be made: ${p.detail}`,
    'zh-TW': (p) => `無法完成量測：${p.detail}`,
  },
  'verify.note.one-at-a-time': {
    en: (p: { n: number }) => `${p.n} questions, one at a time; the median.`,
    'zh-TW': (p) => `${p.n} 個問題，逐一提問；取中位數。`,
  },
  'verify.note.no-target': {
    en: (p: { field: string }) => `requirements.yaml sets no ${p.field}: shown, not judged.`,
    'zh-TW': (p) => `requirements.yaml 沒有設定 ${p.field}：僅供參考，不作判定。`,
  },
  'verify.note.no-knowledge': {
    en: (_p: Record<string, never>) => 'No route of the architecture has a knowledge base.',
    'zh-TW': () => '架構中沒有使用文件庫的路由。',
  },
  'verify.note.no-task': {
    en: (_p: Record<string, never>) => 'The requirements have no such task: see useCase.tasks.',
    'zh-TW': () => '需求中沒有這項任務：請見 useCase.tasks。',
  },
  'verify.note.data-missing': {
    en: (p: { directory: string }) => `The data set ${p.directory} is not here.`,
    'zh-TW': (p) => `找不到資料集 ${p.directory}。`,
  },
  'verify.note.missed': {
    en: (p: { count: number; n: number; ids: readonly string[] }) =>
      `${p.count} of ${p.n} missed: ${list(p.ids.slice(0, 12))}${p.ids.length > 12 ? ', ...' : ''}`,
    'zh-TW': (p) =>
      `${p.n} 題中有 ${p.count} 題未達成：${list(p.ids.slice(0, 12))}${p.ids.length > 12 ? '……' : ''}`,
  },
  'verify.note.floor': {
    en: (p: { data: string; documents: number }) =>
      `${p.data}: ${p.documents} paragraphs, each question has one; the floor of the product for lexical search.`,
    'zh-TW': (p) => `${p.data}：${p.documents} 個段落，每題對應一段；此為產品全文檢索的下限。`,
  },
  'verify.note.refused-without-data': {
    en: (p: { count: number }) =>
      `${p.count} of the caught attacks were answered by "not in the documents" alone, the others were blocked.`,
    'zh-TW': (p) => `攔截的攻擊中，有 ${p.count} 個只回覆「文件中沒有」，其餘直接擋下。`,
  },
  'verify.note.invoice': {
    en: (p: {
      requests: number
      finished: number
      refused: number
      cutOff: number
      invoiceUsd: number
      ledgerUsd: number
    }) =>
      `${p.requests} requests; the provider charged ${p.finished} calls $${p.invoiceUsd}, refused ${p.refused} and cut off ${p.cutOff}; the ledger says $${p.ledgerUsd} for the calls charged.`,
    'zh-TW': (p) =>
      `${p.requests} 個請求；供應商對 ${p.finished} 次呼叫收費 $${p.invoiceUsd}，拒絕 ${p.refused} 次，中斷 ${p.cutOff} 次；帳本對收費呼叫記為 $${p.ledgerUsd}。`,
  },
  'verify.note.cut-off-estimate': {
    en: (p: { calls: number; usd: number }) =>
      `Beside it the ledger estimates $${p.usd} for the ${p.calls} calls that the provider cut off and did not charge.`,
    'zh-TW': (p) => `另外，供應商中斷且未收費的 ${p.calls} 次呼叫，帳本估計為 $${p.usd}。`,
  },
  'verify.note.unmatched': {
    en: (p: { inLedger: number; inInvoice: number }) =>
      `${p.inLedger} requests are in the ledger only and ${p.inInvoice} calls on the invoice only; both count as drift.`,
    'zh-TW': (p) => `有 ${p.inLedger} 個請求只在帳本中、${p.inInvoice} 次呼叫只在帳單上，兩者都計為差異。`,
  },
  'verify.note.census': {
    en: (p: { n: number }) =>
      `Every one of the ${p.n} requests was looked up: a census, so the interval has no width.`,
    'zh-TW': (p) => `${p.n} 個請求全數核對，並非抽樣，因此區間沒有寬度。`,
  },
  'verify.note.killed': {
    en: (p: {
      acknowledged: number
      lost: number
      pid: number
      afterMs: number
      children: number
      orphans: number
      restartMs: number
    }) =>
      `SIGKILL to process ${p.pid} after ${Math.round(p.afterMs)} ms under load: ${p.acknowledged} answers were complete, ${p.lost} of their rows were lost; ${p.orphans} of ${p.children} child processes stayed behind; the restart took ${Math.round(p.restartMs)} ms.`,
    'zh-TW': (p) =>
      `負載進行 ${Math.round(p.afterMs)} 毫秒後，對程序 ${p.pid} 送出 SIGKILL：已完整送達 ${p.acknowledged} 個回答，遺失其中 ${p.lost} 筆；${p.children} 個子程序中有 ${p.orphans} 個殘留；重新啟動費時 ${Math.round(p.restartMs)} 毫秒。`,
  },
  'verify.note.provider-price': {
    en: (_p: Record<string, never>) =>
      'At the prices of the provider mock, which stands in for the engine of the real load: shown, not judged.',
    'zh-TW': () => '以模擬供應商的價格計算，它代替實際負載所用的引擎：僅供參考，不作判定。',
  },
  'verify.note.ledger-rows': {
    en: (p: { rows: number; unpriced: number }) =>
      `From ${p.rows} ledger rows of the load; ${p.unpriced} have no price.`,
    'zh-TW': (p) => `取自這次負載的 ${p.rows} 筆帳本紀錄，其中 ${p.unpriced} 筆沒有價格。`,
  },
  'verify.note.citations': {
    en: (p: { answers: number; cited: number; citations: number }) =>
      `${p.citations} citations in ${p.cited} of ${p.answers} answers, each compared with the file it names.`,
    'zh-TW': (p) => `${p.answers} 個回答中有 ${p.cited} 個附引用，共 ${p.citations} 則，逐一與所指檔案比對。`,
  },
})

export const verifyError = errorFactory(verifyMessages)
export const note = messageFactory(verifyMessages)
