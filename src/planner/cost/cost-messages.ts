// The lines of a bill and their arithmetic, in both languages.

import {
  counted,
  defineMessages,
  formatMs,
  formatNumber,
  formatPercent,
  formatUsd,
  messageFactory,
} from '../../core/index.js'
import { adviceMessages } from './advice-messages.js'

const hourKinds = {
  en: {
    serving: 'Accelerators at work',
    idle: 'Accelerators idle: replicas come whole',
    lead: 'Accelerators started ahead of the load',
    spare: 'Spare replicas',
    unused: 'Accelerators of whole machines that no replica uses',
  },
  'zh-TW': {
    serving: '運算中的加速器',
    idle: '閒置的加速器：副本只能整份啟動',
    lead: '提前於負載啟動的加速器',
    spare: '備援副本',
    unused: '整台主機中未使用的加速器',
  },
} as const
export type HourKind = keyof (typeof hourKinds)['en']
const tokenKinds = {
  en: {
    'api-input': 'API: prompts',
    'api-cached': "API: prompts from the provider's cache",
    'api-output': 'API: answers',
    'api-reasoning': 'API: hidden reasoning',
  },
  'zh-TW': {
    'api-input': 'API：提示',
    'api-cached': 'API：供應商快取中的提示',
    'api-output': 'API：回答',
    'api-reasoning': 'API：隱藏的推理',
  },
} as const
export type TokenKind = keyof (typeof tokenKinds)['en']
const systemKinds = {
  en: {
    gateway: 'Gateway and built-in guards',
    'query-embedding': 'Embedding of the questions',
    'document-embedding': 'Embedding of changed documents',
    rerank: 'Reranking',
    'guard-model': 'Guard model',
    evaluation: 'Evaluation runs',
    shadow: 'Shadow traffic',
  },
  'zh-TW': {
    gateway: '閘道與內建防護',
    'query-embedding': '問題向量化',
    'document-embedding': '變更文件向量化',
    rerank: '重新排序',
    'guard-model': '防護模型',
    evaluation: '評測執行',
    shadow: '影子流量',
  },
} as const
export type SystemKind = keyof (typeof systemKinds)['en']

const lineMessages = defineMessages({
  'planner.cost-hours': {
    en: (p: { kind: HourKind }) => hourKinds.en[p.kind],
    'zh-TW': (p) => hourKinds['zh-TW'][p.kind],
  },
  'planner.cost-hours-basis': {
    en: (p: {
      kind: HourKind
      hours: number
      usdPerHour: number
      provider: string
      startMinutes: number
      reservedShare: number
      spotShare: number
    }) =>
      `${formatNumber(p.hours)} accelerator-hours x ${formatUsd(p.usdPerHour)} (${p.provider}${p.reservedShare > 0 ? `, ${formatPercent(p.reservedShare, 'en')} reserved` : ''}${p.spotShare > 0 ? `, ${formatPercent(p.spotShare, 'en')} spot` : ''})${p.kind === 'lead' ? `; a start takes ${formatNumber(p.startMinutes, 2)} minutes` : ''}`,
    'zh-TW': (p) =>
      `${formatNumber(p.hours)} 加速器小時 × ${formatUsd(p.usdPerHour)}（${p.provider}${p.reservedShare > 0 ? `，${formatPercent(p.reservedShare, 'zh-TW')} 為預留` : ''}${p.spotShare > 0 ? `，${formatPercent(p.spotShare, 'zh-TW')} 為競價` : ''}）${p.kind === 'lead' ? `；啟動一份需 ${formatNumber(p.startMinutes, 2)} 分鐘` : ''}`,
  },
  'planner.cost-power': {
    en: (_: Record<never, never>) => 'Power of owned accelerators',
    'zh-TW': () => '自有加速器的電力',
  },
  'planner.cost-power-basis': {
    en: (p: {
      accelerators: number
      accelerator: string
      powerW: number | null
      usdPerKwh: number | null
      powerUsageEffectiveness: number | null
    }) =>
      p.usdPerKwh === null
        ? `${p.accelerators} x ${p.accelerator}: not counted, since budget.electricity is not given`
        : p.powerW === null
          ? `${p.accelerators} x ${p.accelerator}: not counted, since the catalogue does not know its power`
          : `${p.accelerators} x ${p.accelerator}, ${formatNumber(p.powerW)} W while busy and 30 % of it (assumed) while idle, x ${formatNumber(p.powerUsageEffectiveness ?? 1)} PUE x ${formatUsd(p.usdPerKwh)} a kWh`,
    'zh-TW': (p) =>
      p.usdPerKwh === null
        ? `${p.accelerators} 張 ${p.accelerator}：未計入，因未提供 budget.electricity`
        : p.powerW === null
          ? `${p.accelerators} 張 ${p.accelerator}：未計入，因目錄沒有其功率`
          : `${p.accelerators} 張 ${p.accelerator}，忙碌時 ${formatNumber(p.powerW)} W、閒置時為其 30%（假設）× PUE ${formatNumber(p.powerUsageEffectiveness ?? 1)} × 每度 ${formatUsd(p.usdPerKwh)}`,
  },
  'planner.cost-tokens': {
    en: (p: { kind: TokenKind }) => tokenKinds.en[p.kind],
    'zh-TW': (p) => tokenKinds['zh-TW'][p.kind],
  },
  'planner.cost-tokens-basis': {
    en: (p: { kind: TokenKind; requests: number; tokens: number; usdPerMillion: number }) =>
      `${counted(p.requests, 'request')} x ${counted(p.tokens, 'token')} x ${formatUsd(p.usdPerMillion)} a million`,
    'zh-TW': (p) =>
      `${formatNumber(p.requests)} 個請求 × ${formatNumber(p.tokens)} 個詞元 × 每百萬 ${formatUsd(p.usdPerMillion)}`,
  },
  'planner.cost-overflow': {
    en: (p: { api: string }) => `API above the base: ${p.api}`,
    'zh-TW': (p) => `基本負載以上的 API：${p.api}`,
  },
  'planner.cost-overflow-basis': {
    en: (p: { share: number; requests: number; usdPerRequest: number; places: number; base: number }) =>
      `${formatPercent(p.share, 'en')} of the requests, ${formatNumber(p.requests)} x ${formatUsd(p.usdPerRequest)}: what finds ${p.places === 1 ? 'the only place' : `all ${p.places} places`} taken, at the load of each hour and by chance${p.base === 1 ? ', and 0.5 % of the rest while the replica is away' : ''}`,
    'zh-TW': (p) =>
      `${formatPercent(p.share, 'zh-TW')} 的請求，${formatNumber(p.requests)} × ${formatUsd(p.usdPerRequest)}：各時段負載下（含隨機突增）遇 ${p.places} 個名額全滿的部分${p.base === 1 ? '，以及副本離線時其餘的 0.5%' : ''}`,
  },
  'planner.cost-first-model': {
    en: (p: { model: string }) => `First model of the cascade: ${p.model}`,
    'zh-TW': (p) => `串接中的第一個模型：${p.model}`,
  },
  'planner.cost-first-model-basis': {
    en: (p: { escalatedShare: number }) =>
      `every request; ${formatPercent(p.escalatedShare, 'en')} of its answers are given again by the main model, whose lines are those requests alone`,
    'zh-TW': (p) =>
      `處理每個請求；其中 ${formatPercent(p.escalatedShare, 'zh-TW')} 的回答由主模型重答，主模型各項僅計這些請求`,
  },
  'planner.cost-batch': {
    en: (_: Record<never, never>) => 'API: discount for answers that may take a day',
    'zh-TW': () => 'API：可延後一天的回答之折扣',
  },
  'planner.cost-batch-basis': {
    en: (p: { deferrableShare: number; batchPriceShare: number }) =>
      `${formatPercent(p.deferrableShare, 'en')} of the requests at ${formatPercent(p.batchPriceShare, 'en')} of the price; tokens from the cache keep theirs`,
    'zh-TW': (p) =>
      `${formatPercent(p.deferrableShare, 'zh-TW')} 的請求以 ${formatPercent(p.batchPriceShare, 'zh-TW')} 的價格計；快取詞元維持原價`,
  },
  'planner.cost-system': {
    en: (p: { kind: SystemKind }) => systemKinds.en[p.kind],
    'zh-TW': (p) => systemKinds['zh-TW'][p.kind],
  },
  'planner.cost-gateway-basis': {
    /** `usdPerCoreHour`: null where the cores are owned. */
    en: (p: { cores: number; requestsPerSecond: number; perCore: number; usdPerCoreHour: number | null }) =>
      `${p.usdPerCoreHour === null ? `${counted(p.cores, 'core')} of the machines that are there, paid for already,` : `${p.cores} vCPU x ${formatUsd(p.usdPerCoreHour)} an hour`} for ${counted(p.requestsPerSecond, 'request')}/s, of ${p.perCore} that one carried in the soak test`,
    'zh-TW': (p) =>
      `${p.usdPerCoreHour === null ? `使用既有機器的 ${p.cores} 個核心，視為已付費` : `${p.cores} 個 vCPU × 每小時 ${formatUsd(p.usdPerCoreHour)}`}，承載每秒 ${formatNumber(p.requestsPerSecond)} 個請求（耐久測試中每核心 ${p.perCore} 個）`,
  },
  'planner.cost-reading-basis': {
    en: (p: {
      tokens: number
      requestsPerSecond: number
      parametersB: number
      count: number
      name: string
      readMs: number
    }) =>
      `${formatNumber(p.tokens)} tokens a request at ${counted(p.requestsPerSecond, 'request')}/s through ${formatNumber(p.parametersB)} billion weights: ${p.count} x ${p.name}, ${formatMs(p.readMs)} each`,
    'zh-TW': (p) =>
      `每個請求 ${formatNumber(p.tokens)} 個詞元、每秒 ${formatNumber(p.requestsPerSecond)} 個請求，經 ${formatNumber(p.parametersB)}B 權重：${p.count} × ${p.name}，每次 ${formatMs(p.readMs)}`,
  },
  'planner.cost-packed-basis': {
    en: (p: { timeShare: number }) =>
      `on the accelerators of the chat model; all that stands there takes ${formatPercent(p.timeShare, 'en')} of their time`,
    'zh-TW': (p) => `與聊天模型共用加速器；共用者合計占其 ${formatPercent(p.timeShare, 'zh-TW')} 的時間`,
  },
  'planner.cost-embedding-api-basis': {
    en: (p: { name: string; usdPerMillionTokens: number; tokens: number }) =>
      `${formatNumber(p.tokens / 1e6)} million tokens x ${formatUsd(p.usdPerMillionTokens)} a million (${p.name})`,
    'zh-TW': (p) =>
      `${formatNumber(p.tokens / 1e6)} 百萬個詞元 × 每百萬 ${formatUsd(p.usdPerMillionTokens)}（${p.name}）`,
  },
  'planner.cost-document-basis': {
    en: (p: { tokens: number; coreHours: number }) =>
      `${formatNumber(p.tokens / 1e6)} million tokens, ${formatNumber(p.coreHours)} core-hours`,
    'zh-TW': (p) => `${formatNumber(p.tokens / 1e6)} 百萬個詞元，${formatNumber(p.coreHours)} 核心小時`,
  },
  'planner.cost-trial-basis': {
    en: (p: { requests: number; usdPerRequest: number }) =>
      `${counted(p.requests, 'request')} x ${formatUsd(p.usdPerRequest)}`,
    'zh-TW': (p) => `${formatNumber(p.requests)} 個請求 × ${formatUsd(p.usdPerRequest)}`,
  },
  'planner.not-counted-purchase': {
    en: (_: Record<never, never>) =>
      'Hardware that is there counts as paid for: its purchase, its hosts, room and repair are not in the total.',
    'zh-TW': () => '既有硬體視為已付費：購置、主機、機房與維修不計入總額。',
  },
  'planner.not-counted-power': {
    en: (_: Record<never, never>) => 'Nor is its power: give budget.electricity to count it.',
    'zh-TW': () => '電力亦未計入：請填寫 budget.electricity。',
  },
  'planner.not-counted-deferrable': {
    en: (_: Record<never, never>) =>
      'Replicas are sized as if every answer were wanted at once: moving scale.deferrableShare into quiet hours would save some.',
    'zh-TW': () => '副本以全部請求都需即時回答配置：若將 scale.deferrableShare 移至離峰，可再節省。',
  },
  'planner.not-counted-rest': {
    en: (_: Record<never, never>) =>
      'Storage, network, load balancers, logs, taxes and people are not in the total.',
    'zh-TW': () => '儲存、網路、負載平衡、日誌、稅金與人力不計入總額。',
  },
  'planner.not-counted-reasoning': {
    en: (p: { model: string; kind: 'self-hosted' | 'hosted-api' }) =>
      p.kind === 'hosted-api'
        ? `${p.model} writes hidden reasoning that is paid as output; scale.lengths.reasoningTokens does not say how much.`
        : `${p.model} writes hidden reasoning; replicas are sized for the answers alone, so add it to scale.lengths.outputTokens.`,
    'zh-TW': (p) =>
      p.kind === 'hosted-api'
        ? `${p.model} 會寫出按輸出計價的隱藏推理；scale.lengths.reasoningTokens 未載明長度。`
        : `${p.model} 會寫出隱藏的推理；副本僅依回答長度配置，請將推理長度加入 scale.lengths.outputTokens。`,
  },
})

export const costMessages = defineMessages({ ...lineMessages, ...adviceMessages })

export const costMessage = messageFactory(costMessages)
