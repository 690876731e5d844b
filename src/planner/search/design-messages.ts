// Why a candidate was rejected or chosen, in both languages, with its numbers.

import {
  agreeing,
  counted,
  defineMessages,
  formatNumber,
  formatUsd,
  messageFactory,
} from '../../core/index.js'

const gib = (value: number) => formatNumber(value, 3)
const metricNames = {
  en: {
    ttft: 'time to first token',
    e2e: 'time to last token',
    tpot: 'time per token',
    outputTokensPerSecond: 'tokens/s per user',
    systemOutputTokensPerSecond: 'tokens/s of all',
  },
  'zh-TW': {
    ttft: '首個詞元時間',
    e2e: '完整回答時間',
    tpot: '每個詞元時間',
    outputTokensPerSecond: '每位使用者每秒詞元數',
    systemOutputTokensPerSecond: '整體每秒詞元數',
  },
} as const
type Metric = keyof (typeof metricNames)['en']
export const stageNames = {
  en: { 'query-embedding': 'embedding of questions', rerank: 'reranking', 'guard-model': 'the guard model' },
  'zh-TW': { 'query-embedding': '問題的向量化', rerank: '重新排序', 'guard-model': '護欄模型' },
} as const
type StageName = keyof (typeof stageNames)['en']
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** The names of speeds say their unit themselves. */
const unitInChinese = (unit: string): string => (unit === 'tokens/s' ? '' : ` ${unit}`)

export const designMessages = defineMessages({
  'planner.blocks-do-not-split': {
    en: (p: {
      checkpoint: string
      precision: string
      module: string
      part: number
      blockWidth: number
      width: number
    }) =>
      `${p.checkpoint} in ${p.precision} shares scales in blocks of ${p.blockWidth}, which tensor parallelism ${p.width} cuts (${p.part} of ${p.module} on each accelerator); vLLM and SGLang refuse to load it so.`,
    'zh-TW': (p) =>
      `${p.checkpoint} 的 ${p.precision} 權重以 ${p.blockWidth} 的區塊共用縮放值，張量平行 ${p.width} 會切開區塊（每個加速器持有 ${p.module} 的 ${p.part}）；vLLM 與 SGLang 拒絕如此載入。`,
  },
  'planner.heads-do-not-split': {
    en: (p: { model: string; heads: number; kvHeads: number; width: number }) =>
      `The ${p.heads} attention heads and ${p.kvHeads} KV heads of ${p.model} do not split evenly over ${p.width}.`,
    'zh-TW': (p) => `${p.model} 的 ${p.heads} 個注意力頭與 ${p.kvHeads} 個 KV 頭無法平均分給 ${p.width} 張。`,
  },
  'planner.no-pool-router': {
    en: (p: { engine: string }) =>
      `Prompts and answers on replicas of their own need a router that sends each request to one of each. ${p.engine} brings none that is meant for production; SGLang does.`,
    'zh-TW': (p) =>
      `提示與回答分由不同副本處理時，需要能將每個請求各送一份副本的路由器。${p.engine} 未提供可用於正式環境的路由器；SGLang 則有。`,
  },
  'planner.no-unit': {
    en: (p: { accelerator: string; precision: string }) =>
      `${p.accelerator} has no units for ${p.precision}.`,
    'zh-TW': (p) => `${p.accelerator} 沒有 ${p.precision} 的運算單元。`,
  },
  'planner.weights-do-not-fit': {
    en: (p: {
      model: string
      accelerator: string
      count: number
      weightsGiB: number
      availableGiB: number
    }) =>
      `${p.model} takes ${gib(p.weightsGiB)} GiB on each of ${p.count} x ${p.accelerator}; ${gib(Math.max(0, p.availableGiB))} GiB are left for weights.`,
    'zh-TW': (p) =>
      `${p.model} 在 ${p.count} 張 ${p.accelerator} 上每張需 ${gib(p.weightsGiB)} GiB；可放權重的空間為 ${gib(Math.max(0, p.availableGiB))} GiB。`,
  },
  'planner.context-does-not-fit': {
    en: (p: {
      model: string
      accelerator: string
      count: number
      contextTokens: number
      neededGiB: number
      poolGiB: number
    }) =>
      `One request of ${formatNumber(p.contextTokens)} tokens of ${p.model} takes ${gib(p.neededGiB)} GiB of cache on each of ${p.count} x ${p.accelerator}; ${gib(p.poolGiB)} GiB are left.`,
    'zh-TW': (p) =>
      `${p.model} 一個 ${formatNumber(p.contextTokens)} 詞元的請求，在 ${p.count} 張 ${p.accelerator} 上每張需 ${gib(p.neededGiB)} GiB 快取；只剩 ${gib(p.poolGiB)} GiB。`,
  },
  'planner.cannot-keep-up': {
    en: (p: { maxSequences: number }) =>
      `Room for ${counted(p.maxSequences, 'sequence')} is too little to keep up even at a trickle.`,
    'zh-TW': (p) => `只容得下 ${p.maxSequences} 個序列，即使負載極低也跟不上。`,
  },
  'planner.misses-target': {
    en: (p: {
      target: string
      metric: Metric
      percentile: number
      predicted: number
      op: string
      limit: number
      unit: string
    }) =>
      `${p.target}: ${metricNames.en[p.metric]} P${formatNumber(p.percentile)} would be ${formatNumber(p.predicted)} ${p.unit}, asked ${p.op} ${formatNumber(p.limit)}.`,
    'zh-TW': (p) =>
      `${p.target}：${metricNames['zh-TW'][p.metric]} P${formatNumber(p.percentile)} 預測為 ${formatNumber(p.predicted)}${unitInChinese(p.unit)}，要求 ${p.op} ${formatNumber(p.limit)}${unitInChinese(p.unit)}。`,
  },
  'planner.over-budget': {
    en: (p: { costUsd: number; budgetUsd: number }) =>
      `${formatUsd(p.costUsd)} a month for the whole system; the budget is ${formatUsd(p.budgetUsd)}.`,
    'zh-TW': (p) => `整個系統每月 ${formatUsd(p.costUsd)}；預算為 ${formatUsd(p.budgetUsd)}。`,
  },
  'planner.over-token-budget': {
    en: (p: { costUsd: number; budgetUsd: number }) =>
      `${formatUsd(p.costUsd)} per million output tokens for the model alone; ${formatUsd(p.budgetUsd)} are allowed.`,
    'zh-TW': (p) => `僅模型部分每百萬輸出詞元 ${formatUsd(p.costUsd)}；上限為 ${formatUsd(p.budgetUsd)}。`,
  },
  'planner.needs-more-owned': {
    en: (p: { accelerator: string; needed: number; owned: number }) =>
      `Needs ${p.needed} x ${p.accelerator}; ${p.owned} ${agreeing(p.owned, 'is', 'are')} there.`,
    'zh-TW': (p) => `需要 ${p.needed} 張 ${p.accelerator}；現有 ${p.owned} 張。`,
  },
  'planner.no-machine-large-enough': {
    en: (p: { accelerator: string; count: number }) =>
      `No list price is known for a machine with ${p.count} x ${p.accelerator}.`,
    'zh-TW': (p) => `目錄沒有 ${p.count} 張 ${p.accelerator} 主機的牌價。`,
  },
  'planner.chosen-cheapest': {
    en: (p: { feasible: number; considered: number; costUsd: number }) =>
      `The cheapest that can be had as it is, of ${counted(p.feasible, 'way', 'ways', 5)} that ${agreeing(p.feasible, 'meets', 'meet')} every requirement (${formatNumber(p.considered, 5)} considered): ${formatUsd(p.costUsd)} a month for the model alone.`,
    'zh-TW': (p) =>
      `在 ${formatNumber(p.considered, 5)} 個方案中，有 ${formatNumber(p.feasible, 5)} 個符合全部需求，此為可直接取得者中最便宜的：僅模型每月 ${formatUsd(p.costUsd)}。`,
  },
  'planner.chosen-to-make': {
    en: (p: { feasible: number; considered: number; costUsd: number }) =>
      `The cheapest of ${counted(p.feasible, 'way')} that ${agreeing(p.feasible, 'meets', 'meet')} every requirement (${formatNumber(p.considered, 5)} considered), once its quantized weights are there: ${formatUsd(p.costUsd)} a month for the model alone.`,
    'zh-TW': (p) =>
      `在 ${formatNumber(p.considered, 5)} 個方案中，有 ${formatNumber(p.feasible, 5)} 個符合全部需求，此為其中最便宜的，但須先備妥量化權重：僅模型每月 ${formatUsd(p.costUsd)}。`,
  },
  'planner.chosen-owned': {
    en: (p: { feasible: number; considered: number }) =>
      `Of ${counted(p.feasible, 'way', 'ways', 5)} that ${agreeing(p.feasible, 'meets', 'meet')} every requirement on hardware that is there (${formatNumber(p.considered, 5)} considered), the one of the best quality.`,
    'zh-TW': (p) =>
      `在 ${formatNumber(p.considered, 5)} 個方案中，有 ${formatNumber(p.feasible, 5)} 個可用既有硬體符合全部需求，此為其中品質最佳者。`,
  },
  'planner.chosen-overflow': {
    en: (p: { base: number; api: string; share: number; concurrency: number }) =>
      `${counted(p.base, 'replica')} ${agreeing(p.base, 'carries', 'carry')} the base: up to ${counted(p.concurrency, 'request')} at a time. What finds those places taken${p.base === 1 ? ', and everything while the replica is away,' : ''} goes to ${p.api}: ${formatNumber(p.share * 100, 2)} % of the requests. Both answer under one name, so an answer may come from either model; times and quality here are the worse of the two.`,
    'zh-TW': (p) =>
      `${p.base} 份副本承擔基本負載：同時至多 ${p.concurrency} 個請求。名額全滿時到達者${p.base === 1 ? '與副本離線時的全部請求' : ''}交給 ${p.api}：占 ${formatNumber(p.share * 100, 2)}%。兩者以同一名稱回答，回答可能來自任一模型；此處的時間與品質取兩者較差者。`,
  },
  'planner.chosen-cascade': {
    en: (p: { first: string; escalatedShare: number; escalateBelow: number }) =>
      `${p.first} is asked first; its answer is held back until it is complete, and the main model gives it again where the least certain token has a probability below ${formatNumber(p.escalateBelow)}: ${formatNumber(p.escalatedShare * 100)} % of the answers, as scale.cascade says. So the first token comes when the small model has finished.`,
    'zh-TW': (p) =>
      `先問 ${p.first}；其回答在完成前不送出，若最不確定的詞元機率低於 ${formatNumber(p.escalateBelow)}，改由主模型重答：依 scale.cascade 為 ${formatNumber(p.escalatedShare * 100)}%。因此首個詞元要等小模型寫完。`,
  },
  'planner.chosen-replicas': {
    en: (p: {
      serving: number
      spare: number
      regions: number
      accelerator: string
      perReplica: number
      overflows: boolean
    }) =>
      `${counted(p.serving, 'replica')} of ${p.perReplica} x ${p.accelerator} ${agreeing(p.serving, 'carries', 'carry')} ${p.overflows ? 'the base' : 'the peak'}${p.spare > 0 ? `, ${p.spare} more so that one may fail` : ''}${p.regions > 1 ? `, in each of ${p.regions} regions` : ''}.`,
    'zh-TW': (p) =>
      `${p.overflows ? '基本負載' : '尖峰'}需要 ${p.serving} 份副本，每份 ${p.perReplica} 張 ${p.accelerator}${p.spare > 0 ? `，另加 ${p.spare} 份以容許一份故障` : ''}${p.regions > 1 ? `，共 ${p.regions} 個區域各一組` : ''}。`,
  },
  'planner.stage-place': {
    en: (p: { stage: StageName; tokensPerSecond: number; count: number; name: string; ms: number }) =>
      `${capital(stageNames.en[p.stage])} reads ${formatNumber(p.tokensPerSecond)} tokens/s at the peak: ${p.count} x ${p.name}, ${formatNumber(p.ms)} ms a request.`,
    'zh-TW': (p) =>
      `${stageNames['zh-TW'][p.stage]}尖峰每秒讀取 ${formatNumber(p.tokensPerSecond)} 個詞元：${p.count} 個 ${p.name}，每個請求 ${formatNumber(p.ms)} ms。`,
  },
  'planner.stage-packed': {
    en: (p: { stage: StageName; tokensPerSecond: number; accelerator: string | null; timeShare: number }) =>
      `${capital(stageNames.en[p.stage])} reads ${formatNumber(p.tokensPerSecond)} tokens/s at the peak on the chat model's ${p.accelerator}; all that is packed there takes ${formatNumber(p.timeShare * 100)} % of its time, by which each step is assumed to last longer.`,
    'zh-TW': (p) =>
      `${stageNames['zh-TW'][p.stage]}尖峰每秒讀取 ${formatNumber(p.tokensPerSecond)} 個詞元，與聊天模型共用 ${p.accelerator}；共用者合計占 ${formatNumber(p.timeShare * 100)}% 的時間，並假設每個步驟因此變長。`,
  },
  'planner.stage-bottleneck': {
    en: (p: { stage: StageName; ms: number; ttftMs: number }) =>
      `The bottleneck is ${stageNames.en[p.stage]}: ${formatNumber(p.ms)} of the ${formatNumber(p.ttftMs)} ms before the first token. More accelerators for the chat model would not shorten it.`,
    'zh-TW': (p) =>
      `瓶頸是${stageNames['zh-TW'][p.stage]}：首個詞元前的 ${formatNumber(p.ttftMs)} ms 中占 ${formatNumber(p.ms)} ms。為聊天模型增加加速卡並不會縮短。`,
  },
  'planner.stage-too-slow': {
    en: (p: { stage: StageName; tokens: number; ms: number; count: number; name: string }) =>
      `${capital(stageNames.en[p.stage])} reads ${formatNumber(p.tokens)} tokens a request, which takes ${formatNumber(p.ms)} ms on ${p.count} x ${p.name}, more than a quarter of the tightest limit: no chat model can make up for it.`,
    'zh-TW': (p) =>
      `${stageNames['zh-TW'][p.stage]}每個請求要讀 ${formatNumber(p.tokens)} 個詞元，在 ${p.count} 個 ${p.name} 上需 ${formatNumber(p.ms)} ms，超過最嚴時限的四分之一：任何聊天模型都無法彌補。`,
  },
  'planner.chosen-utilisation': {
    en: (p: { peak: number; average: number; usdPerMillion: number }) =>
      `Utilisation that follows from the traffic: ${formatNumber(p.peak * 100, 2)} % at the peak, ${formatNumber(p.average * 100, 2)} % over the month; ${formatUsd(p.usdPerMillion)} per million output tokens for the model alone (the bill adds the rest of the system).`,
    'zh-TW': (p) =>
      `由流量推得的使用率：尖峰 ${formatNumber(p.peak * 100, 2)}%，全月平均 ${formatNumber(p.average * 100, 2)}%；僅模型部分每百萬輸出詞元 ${formatUsd(p.usdPerMillion)}（系統其餘部分見帳單）。`,
  },
  'planner.chosen-build': {
    en: (p: { checkpoint: string; precision: string; from: string }) =>
      p.from === 'on-load'
        ? `${p.checkpoint} is quantized to ${p.precision} while it is loaded.`
        : `${p.checkpoint} is not in the catalogue: take a published one if there is one, or quantize the model to ${p.precision}, and run the eval suite on it first.`,
    'zh-TW': (p) =>
      p.from === 'on-load'
        ? `${p.checkpoint} 在載入時量化為 ${p.precision}。`
        : `目錄中沒有 ${p.checkpoint}：若已有公開版本可直接採用，否則先將模型量化為 ${p.precision}；使用前請以評測集檢查。`,
  },
  'planner.chosen-unsure': {
    en: (p: { targets: readonly string[] }) =>
      `${p.targets.join(', ')}: met by the prediction, but not by the bad end of its range. Measure before you promise.`,
    'zh-TW': (p) => `${p.targets.join('、')}：預測值符合，但範圍的不利端不符合。承諾之前請先量測。`,
  },
  'planner.break-even': {
    en: (p: { requestsPerSecond: number; chosen: 'self-hosted' | 'hosted-api'; other: string }) =>
      p.chosen === 'self-hosted'
        ? `Below a peak of about ${counted(p.requestsPerSecond, 'request', 'requests', 2)}/s, ${p.other} would be cheaper.`
        : `From a peak of about ${counted(p.requestsPerSecond, 'request', 'requests', 2)}/s, ${p.other} would be cheaper.`,
    'zh-TW': (p) =>
      p.chosen === 'self-hosted'
        ? `尖峰低於約每秒 ${formatNumber(p.requestsPerSecond, 2)} 個請求時，${p.other} 較便宜。`
        : `尖峰達到約每秒 ${formatNumber(p.requestsPerSecond, 2)} 個請求時，${p.other} 較便宜。`,
  },
  'planner.relax': {
    en: (p: {
      constraint: string
      asked: number
      nearest: number
      unit: string
      candidate: string
      /** Of the candidate alone, and with the system around it. */
      costUsd: number
      wholeUsd: number
    }) =>
      `Change ${p.constraint} from ${formatNumber(p.asked)} to ${`${formatNumber(p.nearest)} ${p.unit}`.trim()}, and ${p.candidate} meets everything, for ${formatUsd(p.costUsd)} a month for the model alone, ${formatUsd(p.wholeUsd)} for the whole system.`,
    'zh-TW': (p) =>
      `將 ${p.constraint} 由 ${formatNumber(p.asked)} 改為 ${`${formatNumber(p.nearest)} ${p.unit}`.trim()}，${p.candidate} 即符合全部需求，僅模型每月 ${formatUsd(p.costUsd)}，整個系統 ${formatUsd(p.wholeUsd)}。`,
  },
  'planner.nothing-fits': {
    en: (p: { considered: number }) =>
      `None of ${counted(p.considered, 'way', 'ways', 5)} meets every requirement.`,
    'zh-TW': (p) => `${formatNumber(p.considered, 5)} 個方案中沒有一個符合全部需求。`,
  },
  'planner.no-single-relaxation': {
    /** `candidate`: null where nothing could be sized. */
    en: (p: { candidate: string | null; constraints: readonly string[] }) =>
      `No single change is enough. The nearest way${p.candidate === null ? '' : `, ${p.candidate},`} still misses ${p.constraints.join(', ')}; what it reaches follows.`,
    'zh-TW': (p) =>
      `只改一項仍不足夠。最接近的方案${p.candidate === null ? '' : ` ${p.candidate} `}仍不符合 ${p.constraints.join('、')}；以下為其可達到的程度。`,
  },
  'planner.assume-fit': {
    en: (p: { rows: number; tpotPct: number; ttftPct: number }) =>
      `Times come from a roofline fitted to ${formatNumber(p.rows, 5)} measured loads; on architectures it had not seen, the median error was ${formatNumber(p.tpotPct, 2)} % per token and ${formatNumber(p.ttftPct, 2)} % for the first one. Ranges hold four in five of those.`,
    'zh-TW': (p) =>
      `時間由屋頂線模型估算，係數以 ${formatNumber(p.rows, 5)} 組實測負載擬合；對未見過的架構，每詞元時間誤差中位數為 ${formatNumber(p.tpotPct, 2)}%，首詞元為 ${formatNumber(p.ttftPct, 2)}%。所示範圍涵蓋其中五分之四。`,
  },
  'planner.assume-open-load': {
    en: (_: Record<never, never>) =>
      'Requests arrive at random (Poisson); bursts beyond that, such as retries or a campaign, are not in the numbers.',
    'zh-TW': () => '假設請求隨機到達（Poisson）；重試或行銷活動造成的突發流量不在計算之內。',
  },
  'planner.assume-flat': {
    en: (_: Record<never, never>) =>
      'No daily curve is given, so the peak is paid for all day: an upper bound.',
    'zh-TW': () => '未提供每日流量曲線，因此以全天都是尖峰計費：為上限值。',
  },
  'planner.assume-engines-only': {
    en: (p: { asOf: string }) =>
      `Ways are compared by the cost of engines or API calls, at list prices as of ${p.asOf}; the bill of the chosen one adds gateway, embeddings, reranking and guards, and so do budgets. Storage, network and people come on top. Hardware that is there counts as paid for.`,
    'zh-TW': (p) =>
      `方案依推論引擎或 API 呼叫的費用比較，採 ${p.asOf} 的牌價；所選方案的帳單與預算另含閘道、向量化、重新排序與防護。儲存、網路與人力另計。既有硬體視為已付費。`,
  },
  'planner.assume-quality': {
    en: (p: { floorParametersB: number; floorScore: number | null; from: string }) =>
      `Quality floor: ${formatNumber(p.floorParametersB)} billion parameters${p.from === 'use-case' ? ' (usual for this use case; the requirements name none)' : ''}, ${p.floorScore === null ? 'by size alone: no model that large has a published MMLU-Pro that compares. It was not' : `or a published MMLU-Pro of at least ${formatNumber(p.floorScore)}. Neither was`} measured on your task: run the eval suite.`,
    'zh-TW': (p) =>
      `品質下限：${formatNumber(p.floorParametersB)}B 參數${p.from === 'use-case' ? '（需求未指定，採此用途的一般值）' : ''}，${p.floorScore === null ? '只看規模：沒有這麼大的模型公開可比較的 MMLU-Pro。這並非' : `或公開的 MMLU-Pro 至少 ${formatNumber(p.floorScore)}。兩者都不是`}在您的任務上量測的：請執行評測集。`,
  },
  'planner.assume-api-speed': {
    en: (_: Record<never, never>) =>
      'Speeds of hosted APIs are published medians, or the median of the others where none is published; tails are assumed.',
    'zh-TW': () => '雲端 API 的速度採公開的中位數，未公開者取其他 API 的中位數；尾端延遲為假設值。',
  },
  'planner.assume-residency': {
    en: (p: { places: readonly string[] }) =>
      `Only providers that are known to process in ${p.places.join(', ')}, or of which hosting.processedIn says it, are taken. Prices are those of their lists, which may be another region's: ask whether this machine is sold there.`,
    'zh-TW': (p) =>
      `只採用已知在 ${p.places.join('、')} 處理資料、或由 hosting.processedIn 載明的供應商。價格為其牌價，可能屬於其他地區：請確認當地是否提供該主機。`,
  },
})

export const designMessage = messageFactory(designMessages)
