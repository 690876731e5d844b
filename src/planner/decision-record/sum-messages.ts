// The lines of arithmetic in both languages: each an equation with its units.

import {
  agreeing,
  counted,
  defineMessages,
  formatMs,
  formatNumber,
  formatPercent,
  formatUsd,
  messageFactory,
} from '../../core/index.js'
import { stageNames } from '../search/design-messages.js'
import type { PurchaseWay } from '../search/report.js'
import type { StageId } from '../search/stages.js'
import type { Whose } from './answering-ways.js'

const n = (value: number, digits = 4) => formatNumber(value, digits)
const rate = (value: number, digits = 4) => `${counted(value, 'request', 'requests', digits)}/s`
const gib = (value: number) => `${formatNumber(value, 3)} GiB`

const metrics = {
  ttft: { en: 'Time to the first token', 'zh-TW': '首個詞元時間' },
  tpot: { en: 'Time per token after it', 'zh-TW': '其後每個詞元時間' },
  e2e: { en: 'Time to the whole answer', 'zh-TW': '完整回答時間' },
} as const

export const basisNames = {
  calibrated: { en: 'your own load tests of this deployment', 'zh-TW': '您對此部署的負載測試' },
  measured: { en: 'engine and accelerator were measured', 'zh-TW': '引擎與加速器均有實測' },
  similar: { en: 'similar ones were measured', 'zh-TW': '相近者有實測' },
  published: { en: 'published by the provider or a third party', 'zh-TW': '供應商或第三方公開' },
  assumed: { en: 'assumed: nothing alike was measured', 'zh-TW': '假設值：無相近實測' },
} as const

export interface MemoryRule {
  /** How the engine divides a card: a share of it, of what was free (SGLang), or of what is left (TensorRT-LLM). */
  readonly rule: 'share' | 'sglang' | 'trtllm'
  readonly totalGiB: number
  readonly share: number
  readonly weightsGiB: number
  readonly stepGiB: number
  readonly heldGiB: number
  readonly poolGiB: number
}

export interface SharedCard {
  readonly totalGiB: number
  readonly stages: readonly { readonly stage: StageId; readonly share: number }[]
  readonly chatShare: number
}

const sumOfShares = ({ stages, chatShare }: SharedCard) =>
  stages.reduce((sum, { share }) => sum + share, chatShare)
export interface BoughtHours {
  readonly way: PurchaseWay
  readonly hours: number
  readonly usdPerHour: number
}
const wayNames = {
  en: { reserved: 'reserved', onDemand: 'on demand', spot: 'spot' },
  'zh-TW': { reserved: '預留', onDemand: '隨需', spot: '競價' },
} as const satisfies Record<string, Record<PurchaseWay, string>>

const unitInChinese = (unit: string): string => (unit === 'tokens/s' ? ' 詞元／秒' : ` ${unit}`)

/** What then becomes of the targets. */
const holding = (unsure: readonly string[], missed: readonly string[]) => {
  const en = [
    ...(unsure.length > 0
      ? [
          `${unsure.join(', ')} then ${agreeing(unsure.length, 'fails', 'fail')}, being met by the middle of the prediction only`,
        ]
      : []),
    ...(missed.length > 0
      ? [`${missed.join(', ')} ${agreeing(missed.length, 'is', 'are')} missed by the middle, too`]
      : []),
  ]
  const zhTW = [
    ...(unsure.length > 0 ? [`此時 ${unsure.join('、')} 不符合，僅預測中值符合`] : []),
    ...(missed.length > 0 ? [`${missed.join('、')} 連預測中值亦不符合`] : []),
  ]
  return en.length === 0
    ? { en: '; its targets then hold as well', 'zh-TW': '；此時目標亦符合' }
    : { en: `; ${en.join('; ')}`, 'zh-TW': `；${zhTW.join('；')}` }
}

/** After a figure: nothing where there is but one way. */
const ofWhom = (whose: Whose) => {
  if (whose === null) return { en: '', 'zh-TW': '' }
  return whose === 'replicas'
    ? { en: ' of the replicas', 'zh-TW': '（副本）' }
    : { en: ` of ${whose.api}`, 'zh-TW': `（${whose.api}）` }
}

export const sumMessages = defineMessages({
  'planner.sum-average': {
    en: (p: { peak: number; share: number; average: number; curveGiven: boolean }) =>
      `Average: ${rate(p.peak)} at the peak x ${n(p.share, 3)} (${p.curveGiven ? 'mean of the daily curve' : 'no daily curve is given, so the peak counts all day'}) = ${rate(p.average)}`,
    'zh-TW': (p) =>
      `平均：尖峰每秒 ${n(p.peak)} 個請求 x ${n(p.share, 3)}（${p.curveGiven ? '每日曲線的平均' : '未提供每日曲線，以全天尖峰計'}）= 每秒 ${n(p.average)} 個請求`,
  },
  'planner.sum-requests-month': {
    en: (p: { average: number; seconds: number; requests: number }) =>
      `Requests a month: ${n(p.average)} /s x ${n(p.seconds, 7)} s = ${n(p.requests)}`,
    'zh-TW': (p) => `每月請求數：每秒 ${n(p.average)} x ${n(p.seconds, 7)} 秒 = ${n(p.requests)}`,
  },
  'planner.sum-mean-tokens': {
    en: (p: { of: 'input' | 'output'; p50: number; p95: number; mean: number }) =>
      `${p.of === 'input' ? 'Prompt' : 'Answer'}: P50 ${n(p.p50)} and P95 ${n(p.p95)} tokens, log-normal between them: mean ${n(p.mean)} tokens`,
    'zh-TW': (p) =>
      `${p.of === 'input' ? '提示' : '回答'}：P50 ${n(p.p50)}、P95 ${n(p.p95)} 個詞元，以對數常態分布連接：平均 ${n(p.mean)} 個詞元`,
  },
  'planner.sum-tokens-second': {
    en: (p: { peak: number; input: number; output: number; inputPeak: number; outputPeak: number }) =>
      `Tokens at the peak: ${n(p.peak)} /s x ${n(p.input)} = ${n(p.inputPeak)} tokens/s in; ${n(p.peak)} /s x ${n(p.output)} = ${n(p.outputPeak)} tokens/s out`,
    'zh-TW': (p) =>
      `尖峰詞元數：每秒 ${n(p.peak)} x ${n(p.input)} = 輸入每秒 ${n(p.inputPeak)}；每秒 ${n(p.peak)} x ${n(p.output)} = 輸出每秒 ${n(p.outputPeak)}`,
  },
  'planner.sum-tokens-month': {
    en: (p: { requests: number; input: number; output: number }) =>
      `Tokens a month: ${counted(p.requests, 'request')} = ${n(p.input / 1e6)} million in, ${n(p.output / 1e6)} million out`,
    'zh-TW': (p) =>
      `每月詞元數：${n(p.requests)} 個請求 = 輸入 ${n(p.input / 1e6)} 百萬、輸出 ${n(p.output / 1e6)} 百萬`,
  },
  'planner.sum-engine-peak': {
    en: (p: { peak: number; repeated: number; regions: number; enginePeak: number }) =>
      `Reaching the engines of one region: ${n(p.peak)} /s x (1 - ${n(p.repeated, 3)} repeated) / ${p.regions} = ${rate(p.enginePeak)}`,
    'zh-TW': (p) =>
      `到達單一區域引擎的請求：每秒 ${n(p.peak)} x（1 - 重複 ${n(p.repeated, 3)}）/ ${p.regions} = 每秒 ${n(p.enginePeak)} 個請求`,
  },
  'planner.sum-longest': {
    en: (p: { input: number; output: number; longest: number; asked: number }) =>
      `Longest request: ${n(p.input)} + ${n(p.output)} (P95 of prompt and answer) = ${n(p.longest)} tokens${p.asked > p.longest ? `; the requirements ask for ${n(p.asked)}` : ''}`,
    'zh-TW': (p) =>
      `最長請求：${n(p.input)} + ${n(p.output)}（提示與回答的 P95）= ${n(p.longest)} 個詞元${p.asked > p.longest ? `；需求要求 ${n(p.asked)}` : ''}`,
  },
  'planner.sum-concurrency': {
    en: (p: { peak: number; inFlight: number; seconds: number; from: readonly string[] }) =>
      `In flight at most (Little's law): ${n(p.peak)} /s x ${n(p.seconds, 3)} s (${p.from.join(', ')}) = ${counted(p.inFlight, 'request', 'requests', 3)}`,
    'zh-TW': (p) =>
      `同時處理的上限（Little 定律）：每秒 ${n(p.peak)} x ${n(p.seconds, 3)} 秒（${p.from.join('、')}）= ${n(p.inFlight, 3)} 個請求`,
  },
  'planner.sum-weights': {
    en: (p: {
      parametersB: number
      precision: string
      bits: number
      weightsGiB: number
      count: number
      eachGiB: number
    }) =>
      `Weights: ${n(p.parametersB)} billion parameters x ${n(p.bits, 3)} bits (${p.precision} with scales and what stays wider) / 8 = ${gib(p.weightsGiB)} / ${p.count} = ${gib(p.eachGiB)} on each accelerator`,
    'zh-TW': (p) =>
      `權重：${n(p.parametersB)}B 參數 x ${n(p.bits, 3)} 位元（${p.precision}，含縮放值與未量化部分）/ 8 = ${gib(p.weightsGiB)} / ${p.count} = 每張加速器 ${gib(p.eachGiB)}`,
  },
  'planner.sum-memory': {
    en: (p: MemoryRule) => {
      const step = p.stepGiB > 0 ? ` - ${gib(p.stepGiB)} activations of the widest step` : ''
      if (p.rule === 'sglang')
        return `Memory: (${gib(p.totalGiB)} - ${gib(p.heldGiB)} context and runtime) x ${n(p.share, 3)} - ${gib(p.weightsGiB)} weights = ${gib(p.poolGiB)} for the cache; activations and graphs live in the rest`
      if (p.rule === 'trtllm')
        return `Memory: (${gib(p.totalGiB)} - ${gib(p.heldGiB)} context and runtime - ${gib(p.weightsGiB)} weights${step}) x ${n(p.share, 3)} = ${gib(p.poolGiB)} for the cache`
      return `Memory: ${gib(p.totalGiB)} x ${n(p.share, 3)} = ${gib(p.totalGiB * p.share)}; ${gib(p.totalGiB * p.share)} - ${gib(p.weightsGiB)} weights${step} - ${gib(p.heldGiB)} runtime and graphs = ${gib(p.poolGiB)} for the cache`
    },
    'zh-TW': (p) => {
      const step = p.stepGiB > 0 ? ` - ${gib(p.stepGiB)} 最寬步驟的啟動值` : ''
      if (p.rule === 'sglang')
        return `記憶體：（${gib(p.totalGiB)} - ${gib(p.heldGiB)} 執行環境）x ${n(p.share, 3)} - ${gib(p.weightsGiB)} 權重 = ${gib(p.poolGiB)} 快取；啟動值與計算圖使用其餘部分`
      if (p.rule === 'trtllm')
        return `記憶體：（${gib(p.totalGiB)} - ${gib(p.heldGiB)} 執行環境 - ${gib(p.weightsGiB)} 權重${step}）x ${n(p.share, 3)} = ${gib(p.poolGiB)} 快取`
      return `記憶體：${gib(p.totalGiB)} x ${n(p.share, 3)} = ${gib(p.totalGiB * p.share)}；${gib(p.totalGiB * p.share)} - ${gib(p.weightsGiB)} 權重${step} - ${gib(p.heldGiB)} 執行環境與計算圖 = ${gib(p.poolGiB)} 快取`
    },
  },
  'planner.sum-shares': {
    en: (p: SharedCard) =>
      `On each accelerator of ${gib(p.totalGiB)}: ${p.stages.map(({ stage, share }) => `${n(share, 3)} ${stageNames.en[stage]}`).join(' + ')} + ${n(p.chatShare, 3)} chat model = ${n(sumOfShares(p), 3)} of the memory${p.stages.some(({ stage }) => stage === 'guard-model') ? '; the requirements name no guard model, so its share is kept free for an engine of yours' : ''}`,
    'zh-TW': (p) =>
      `每張 ${gib(p.totalGiB)} 加速器：${p.stages.map(({ stage, share }) => `${stageNames['zh-TW'][stage]} ${n(share, 3)}`).join(' + ')} + 對話模型 ${n(p.chatShare, 3)} = 記憶體的 ${n(sumOfShares(p), 3)}${p.stages.some(({ stage }) => stage === 'guard-model') ? '；需求未指定防護模型，其占比保留給您自行啟動的引擎' : ''}`,
  },
  'planner.sum-kv': {
    en: (p: { tokens: number; perTokenBytes: number; wholeGiB: number; perSequenceGiB: number }) =>
      `Cache of a mean request: ${n(p.tokens)} tokens, ${n(p.perTokenBytes, 7)} bytes a token in the layers that keep all of them, windows and states beside them: ${n(p.wholeGiB, 3)} GiB in all, ${n(p.perSequenceGiB, 3)} GiB on each accelerator`,
    'zh-TW': (p) =>
      `平均請求的快取：${n(p.tokens)} 個詞元，完整保留的各層每詞元 ${n(p.perTokenBytes, 7)} 位元組，另計視窗與狀態：共 ${n(p.wholeGiB, 3)} GiB，每張加速器 ${n(p.perSequenceGiB, 3)} GiB`,
  },
  'planner.sum-sequences': {
    en: (p: {
      poolGiB: number
      perSequenceGiB: number
      limit: number
      each: number
      groups: number
      sequences: number
    }) =>
      `Sequences at once: ${gib(p.poolGiB)} / ${n(p.perSequenceGiB, 3)} GiB, the engine's limit is ${n(p.limit)}: ${n(p.each)}${p.groups > 1 ? ` x ${p.groups} attention groups = ${n(p.sequences)}` : ''}`,
    'zh-TW': (p) =>
      `同時序列數：${gib(p.poolGiB)} / ${n(p.perSequenceGiB, 3)} GiB，引擎上限 ${n(p.limit)}：取 ${n(p.each)}${p.groups > 1 ? ` x ${p.groups} 個注意力群組 = ${n(p.sequences)}` : ''}`,
  },
  'planner.sum-read-weights': {
    en: (p: { readGB: number; bandwidth: number; ms: number; activeShare: number }) =>
      `Reading the weights once: ${n(p.readGB, 3)} GB${p.activeShare < 0.999 ? ` (the ${formatPercent(p.activeShare, 'en')} that one token needs)` : ''} / ${n(p.bandwidth)} GB/s = ${formatMs(p.ms)}`,
    'zh-TW': (p) =>
      `讀取一次權重：${n(p.readGB, 3)} GB${p.activeShare < 0.999 ? `（單一詞元所需的 ${formatPercent(p.activeShare, 'zh-TW')}）` : ''} / ${n(p.bandwidth)} GB/s = ${formatMs(p.ms)}`,
  },
  'planner.sum-in-flight': {
    en: (p: { rate: number; seconds: number; inFlight: number }) =>
      `In flight in one replica at the peak: ${n(p.rate)} /s x ${n(p.seconds, 3)} s (predicted P90) = ${counted(p.inFlight, 'request', 'requests', 3)}`,
    'zh-TW': (p) =>
      `尖峰時單一副本同時處理：每秒 ${n(p.rate)} x ${n(p.seconds, 3)} 秒（預測 P90）= ${n(p.inFlight, 3)} 個請求`,
  },
  'planner.sum-places': {
    /** Of replicas below an API: how many they are given at a time. */
    en: (p: { rate: number; seconds: number; inFlight: number; busy: number; places: number }) =>
      `In flight in the base when it is as full as the targets allow: ${n(p.rate)} /s x ${n(p.seconds, 3)} s (mean stay) = ${counted(p.inFlight, 'request', 'requests', 3)}; ${n(p.inFlight, 3)} + ${p.busy} x ${n(Math.sqrt(p.inFlight), 3)} (its square root, for the busiest twentieth of the time) = ${n(p.inFlight + p.busy * Math.sqrt(p.inFlight), 3)} requests, rounded up to ${counted(p.places, 'place')}`,
    'zh-TW': (p) =>
      `基本負載達目標所容許的上限時同時處理：每秒 ${n(p.rate)} x ${n(p.seconds, 3)} 秒（平均停留）= ${n(p.inFlight, 3)} 個請求；${n(p.inFlight, 3)} + ${p.busy} x ${n(Math.sqrt(p.inFlight), 3)}（其平方根，供最忙的二十分之一時間）= ${n(p.inFlight + p.busy * Math.sqrt(p.inFlight), 3)}，進位為 ${n(p.places)} 個名額`,
  },
  'planner.sum-read-cache': {
    en: (p: {
      inFlight: number
      context: number
      eachGB: number
      cacheGB: number
      bandwidth: number
      ms: number
    }) =>
      `and their caches: ${n(p.inFlight, 3)} x ${n(p.eachGB, 3)} GB (of ${n(p.context)} tokens) = ${n(p.cacheGB, 3)} GB / ${n(p.bandwidth)} GB/s = ${formatMs(p.ms)} a step`,
    'zh-TW': (p) =>
      `以及其快取：${n(p.inFlight, 3)} x ${n(p.eachGB, 3)} GB（${n(p.context)} 個詞元）= ${n(p.cacheGB, 3)} GB / ${n(p.bandwidth)} GB/s = 每步 ${formatMs(p.ms)}`,
  },
  'planner.sum-read-prompt': {
    en: (p: {
      activeB: number
      fresh: number
      shared: number
      teraflops: number
      peakRate: number
      count: number
      ms: number
    }) =>
      `No prompt is read faster than: 2 x ${n(p.activeB)} billion x ${n(p.fresh)} tokens${p.shared > 0 ? ` (${n(p.shared)} are in the cache)` : ''} = ${n(p.teraflops, 3)} TFLOP / (${n(p.peakRate)} TFLOP/s x ${p.count}) = ${formatMs(p.ms)}`,
    'zh-TW': (p) =>
      `讀取提示的下限：2 x ${n(p.activeB)}B x ${n(p.fresh)} 個詞元${p.shared > 0 ? `（${n(p.shared)} 個已在快取）` : ''} = ${n(p.teraflops, 3)} TFLOP /（${n(p.peakRate)} TFLOP/s x ${p.count}）= ${formatMs(p.ms)}`,
  },
  'planner.sum-predicted': {
    en: (p: {
      metric: keyof typeof metrics
      whose: Whose
      basis: keyof typeof basisNames
      value: number
      low: number
      high: number
    }) =>
      `${metrics[p.metric].en}${ofWhom(p.whose).en}, P90 at the peak: ${formatMs(p.value)}, four in five deployments between ${formatMs(p.low)} and ${formatMs(p.high)} (${basisNames[p.basis].en})`,
    'zh-TW': (p) =>
      `${metrics[p.metric]['zh-TW']}${ofWhom(p.whose)['zh-TW']}，尖峰 P90：${formatMs(p.value)}，五分之四的部署介於 ${formatMs(p.low)} 與 ${formatMs(p.high)}（${basisNames[p.basis]['zh-TW']}）`,
  },
  'planner.sum-target': {
    en: (p: {
      id: string
      percentile: number
      value: number
      low: number
      high: number
      unit: string
      op: string
      limit: number
      whose: Whose
      isWorse: boolean
    }) =>
      `${p.id}, P${n(p.percentile)}${ofWhom(p.whose).en}: ${n(p.value, 3)} ${p.unit} predicted, four in five deployments between ${n(p.low, 3)} and ${n(p.high, 3)}; asked ${p.op} ${n(p.limit)} ${p.unit}${p.isWorse ? '; the worse of the two ways, which counts' : ''}`,
    'zh-TW': (p) =>
      `${p.id}，P${n(p.percentile)}${ofWhom(p.whose)['zh-TW']}：預測 ${n(p.value, 3)}${unitInChinese(p.unit)}，五分之四的部署介於 ${n(p.low, 3)} 與 ${n(p.high, 3)}；要求 ${p.op} ${n(p.limit)}${unitInChinese(p.unit)}${p.isWorse ? '；兩種做法中較差者，以此為準' : ''}`,
  },
  'planner.sum-saturation': {
    en: (p: {
      enginePeak: number
      serving: number
      rate: number
      /** Below an API, which takes the rest. */
      isBase: boolean
      saturation: number
      /** Targets that only the middle of the prediction meets, and those that it misses. */
      unsure: readonly string[]
      missed: readonly string[]
    }) =>
      `${p.isBase ? 'Planned load of one replica of the base' : 'Load of one replica'}: ${n(p.enginePeak)} / ${p.serving} = ${rate(p.rate)}; it saturates at ${n(p.saturation)}, and is planned to stay stable when steps take as long as the bad end of their range${holding(p.unsure, p.missed).en}`,
    'zh-TW': (p) =>
      `${p.isBase ? '基本負載單一副本的規劃負載' : '單一副本的負載'}：${n(p.enginePeak)} / ${p.serving} = 每秒 ${n(p.rate)} 個請求；飽和點為 ${n(p.saturation)}，規劃時要求每步時間落在範圍不利端時仍穩定${holding(p.unsure, p.missed)['zh-TW']}`,
  },
  'planner.sum-carried': {
    en: (p: { wholePeak: number; apiShare: number; carried: number }) =>
      `Carried by the base in the peak hour, its places being filled as requests come: ${n(p.wholePeak)} /s x (1 - ${n(p.apiShare, 3)} to the API) = ${rate(p.carried)}`,
    'zh-TW': (p) =>
      `基本負載在尖峰時段承擔（名額隨到達補滿）：每秒 ${n(p.wholePeak)} x（1 - ${n(p.apiShare, 3)} 交給 API）= 每秒 ${n(p.carried)} 個請求`,
  },
  'planner.sum-utilisation': {
    en: (p: { peak: number; average: number; replicas: number }) =>
      `Utilisation of ${counted(p.replicas, 'replica')}: ${formatPercent(p.peak, 'en')} at the peak, ${formatPercent(p.average, 'en')} over the month`,
    'zh-TW': (p) =>
      `${p.replicas} 份副本的使用率：尖峰 ${formatPercent(p.peak, 'zh-TW')}，全月 ${formatPercent(p.average, 'zh-TW')}`,
  },
  'planner.sum-replicas': {
    en: (p: { serving: number; spare: number; regions: number; each: number; accelerators: number }) =>
      `Accelerators: (${p.serving} serving + ${p.spare} spare) x ${counted(p.regions, 'region')} x ${p.each} = ${p.accelerators}`,
    'zh-TW': (p) =>
      `加速器：（${p.serving} 份服務 + ${p.spare} 份備援）x ${p.regions} 個區域 x ${p.each} = ${p.accelerators} 張`,
  },
  'planner.sum-hours': {
    en: (p: {
      provider: string
      usdPerHour: number
      hours: number
      accelerators: number
      paid: number
      costUsd: number
    }) =>
      `Cost: ${counted(p.paid, 'accelerator', 'accelerators', 3)} paid on average (${p.accelerators} at the peak; replicas follow the daily curve) x ${n(p.hours)} h x ${formatUsd(p.usdPerHour)} (${p.provider}, list price) = ${formatUsd(p.costUsd)} a month`,
    'zh-TW': (p) =>
      `費用：平均付費 ${n(p.paid, 3)} 張加速器（尖峰 ${p.accelerators} 張；副本隨每日曲線增減）x ${n(p.hours)} 小時 x ${formatUsd(p.usdPerHour)}（${p.provider} 牌價）= 每月 ${formatUsd(p.costUsd)}`,
  },
  'planner.sum-purchase': {
    en: (p: { parts: readonly BoughtHours[]; provider: string; costUsd: number }) =>
      `Cost: ${p.parts.map((part) => `${n(part.hours)} accelerator-hours ${wayNames.en[part.way]} x ${formatUsd(part.usdPerHour)}`).join(' + ')} (${p.provider}) = ${formatUsd(p.costUsd)} a month`,
    'zh-TW': (p) =>
      `費用：${p.parts.map((part) => `${wayNames['zh-TW'][part.way]} ${n(part.hours)} 加速器小時 x ${formatUsd(part.usdPerHour)}`).join(' + ')}（${p.provider}）= 每月 ${formatUsd(p.costUsd)}`,
  },
  'planner.sum-overflow': {
    en: (p: {
      api: string
      requests: number
      share: number
      peakShare: number
      places: number
      usdPerRequest: number
      usd: number
      base: number
    }) =>
      `Above the base: ${counted(p.requests, 'request')} (${formatPercent(p.share, 'en')}: what finds ${p.places === 1 ? 'the only place' : `all ${n(p.places)} places`} taken, by the loss formula of Erlang at the load of each hour, ${formatPercent(p.peakShare, 'en')} of the peak's${p.base === 1 ? ', and 0.5 % of the rest while the replica is away' : ''}) x ${formatUsd(p.usdPerRequest)} (${p.api}) = ${formatUsd(p.usd)} a month`,
    'zh-TW': (p) =>
      `基本負載以上：${n(p.requests)} 個請求（${formatPercent(p.share, 'zh-TW')}：以 Erlang 損失公式逐時計算遇 ${n(p.places)} 個名額全滿者，尖峰為 ${formatPercent(p.peakShare, 'zh-TW')}${p.base === 1 ? '，以及副本離線時其餘的 0.5%' : ''}）x ${formatUsd(p.usdPerRequest)}（${p.api}）= 每月 ${formatUsd(p.usd)}`,
  },
  'planner.sum-first': {
    en: (p: { first: string; usd: number }) =>
      `First model, every request: ${p.first} = ${formatUsd(p.usd)} a month`,
    'zh-TW': (p) => `第一個模型，處理每個請求：${p.first} = 每月 ${formatUsd(p.usd)}`,
  },
  'planner.sum-escalated': {
    en: (p: { escalatedShare: number; usd: number }) =>
      `Main model, at ${formatPercent(p.escalatedShare, 'en')} of the load: ${formatUsd(p.usd)} a month`,
    'zh-TW': (p) =>
      `主模型，承擔 ${formatPercent(p.escalatedShare, 'zh-TW')} 的負載：每月 ${formatUsd(p.usd)}`,
  },
  'planner.sum-both': {
    en: (p: { oneUsd: number; otherUsd: number; costUsd: number }) =>
      `Together: ${formatUsd(p.oneUsd)} + ${formatUsd(p.otherUsd)} = ${formatUsd(p.costUsd)} a month`,
    'zh-TW': (p) => `合計：${formatUsd(p.oneUsd)} + ${formatUsd(p.otherUsd)} = 每月 ${formatUsd(p.costUsd)}`,
  },
  'planner.sum-owned': {
    en: (p: { accelerators: number }) =>
      `Cost: ${counted(p.accelerators, 'accelerator')} that ${agreeing(p.accelerators, 'is there counts', 'are there count')} as paid for: $0 a month`,
    'zh-TW': (p) => `費用：${p.accelerators} 張既有加速器視為已付費：每月 $0`,
  },
  'planner.sum-tokens-paid': {
    en: (p: {
      input: number
      output: number
      inputUsd: number
      outputUsd: number
      repeated: number
      reasoningUsd: number
      laterUsd: number
      cachedUsd: number
      costUsd: number
    }) =>
      `Cost: ${n(p.input)} million in x ${formatUsd(p.inputUsd)} + ${n(p.output)} million out x ${formatUsd(p.outputUsd)}${p.repeated > 0 ? ` (without the ${formatPercent(p.repeated, 'en')} that repeat)` : ''}${p.reasoningUsd > 0.005 ? ` + ${formatUsd(p.reasoningUsd)} hidden reasoning` : ''}${p.laterUsd > 0.005 ? ` - ${formatUsd(p.laterUsd)} for answers that may take a day` : ''}${p.cachedUsd > 0.005 ? ` - ${formatUsd(p.cachedUsd)} for prompt beginnings in the provider's cache` : ''} = ${formatUsd(p.costUsd)} a month`,
    'zh-TW': (p) =>
      `費用：輸入 ${n(p.input)} 百萬 x ${formatUsd(p.inputUsd)} + 輸出 ${n(p.output)} 百萬 x ${formatUsd(p.outputUsd)}${p.repeated > 0 ? `（不含重複的 ${formatPercent(p.repeated, 'zh-TW')}）` : ''}${p.reasoningUsd > 0.005 ? ` + 隱藏推理 ${formatUsd(p.reasoningUsd)}` : ''}${p.laterUsd > 0.005 ? ` - 可延後回答的折扣 ${formatUsd(p.laterUsd)}` : ''}${p.cachedUsd > 0.005 ? ` - 供應商快取提示開頭的 ${formatUsd(p.cachedUsd)}` : ''} = 每月 ${formatUsd(p.costUsd)}`,
  },
  'planner.sum-per-million': {
    en: (p: { costUsd: number; millions: number; usd: number }) =>
      `Per million output tokens, the model alone: ${formatUsd(p.costUsd)} / ${n(p.millions)} million = ${formatUsd(p.usd)}`,
    'zh-TW': (p) =>
      `每百萬輸出詞元（僅模型）：${formatUsd(p.costUsd)} / ${n(p.millions)} 百萬 = ${formatUsd(p.usd)}`,
  },
  'planner.sum-break-even': {
    en: (p: { kind: 'self-hosted' | 'hosted-api'; peak: number; requestsPerSecond: number }) =>
      `Break-even: at a peak of ${rate(p.requestsPerSecond, 2)} (${n(p.requestsPerSecond / p.peak, 2)} times the planned one) the best ${p.kind === 'self-hosted' ? 'API' : 'self-hosted way'} costs the same`,
    'zh-TW': (p) =>
      `損益兩平：尖峰每秒 ${n(p.requestsPerSecond, 2)} 個請求（規劃值的 ${n(p.requestsPerSecond / p.peak, 2)} 倍）時，最佳${p.kind === 'self-hosted' ? ' API ' : '自建方案'}費用相同`,
  },
})

export const sumMessage = messageFactory(sumMessages)
