// What the numbers of a way rest on beside the fit, in both languages: load tests of its operator, and a simulation.

import {
  agreeing,
  counted,
  defineMessages,
  formatMs,
  formatNumber,
  type Language,
  messageFactory,
} from '../../core/index.js'
import type { SimulatedOverflow } from './report.js'

const n = (value: number) => formatNumber(value, 4)
const tests = (count: number) => counted(count, 'load test')
const speed = (value: number, unit: 'ms' | 'tokens/s', language: Language) => {
  if (unit === 'ms') return formatMs(value)
  return language === 'en' ? `${n(value)} tokens/s` : `每秒 ${n(value)} 個詞元`
}

export const evidenceMessages = defineMessages({
  'planner.rests-on-load-tests': {
    en: (p: { tests: number; plain: boolean }) =>
      p.plain
        ? `Calibrated: its times and their ranges rest on ${tests(p.tests)} of your own.`
        : `The times of its steps rest on ${tests(p.tests)} of your own, made without drafting and without other models beside it; its ranges stay those of an untested deployment.`,
    'zh-TW': (p) =>
      p.plain
        ? `已校準：時間與範圍依據您的 ${p.tests} 筆負載測試。`
        : `各步驟的時間依據您的 ${p.tests} 筆負載測試，但測試時沒有草稿解碼，也沒有其他模型共用；範圍仍為未測試部署的範圍。`,
  },
  'planner.assume-load-tests': {
    en: (p: { deployments: number; candidates: number; calibrated: number }) =>
      `Your load tests of ${counted(p.deployments, 'deployment')} (.llm-architect/calibrations.json) calibrate ${n(p.candidates)} of the ways; ${n(p.calibrated)} of them are what was tested, the others differ in drafting or neighbours. All others rest on the fit alone.`,
    'zh-TW': (p) =>
      `您對 ${p.deployments} 個部署的負載測試（.llm-architect/calibrations.json）校準了 ${n(p.candidates)} 種做法；其中 ${n(p.calibrated)} 種即為受測的部署，其餘在草稿解碼或共用模型上不同。其他做法只依據擬合的係數。`,
  },
  'planner.load-tests-unused': {
    en: (p: { deployment: string; tests: number }) =>
      `${tests(p.tests)} of ${p.deployment} say nothing about any way that was compared: change the requirements so that it is considered, or keep the tests under the names of the deployment as it is designed.`,
    'zh-TW': (p) =>
      `${p.deployment} 的 ${p.tests} 筆負載測試與所比較的做法均無關：請調整需求使其列入考慮，或以設計所用的部署名稱保存測試。`,
  },
  'planner.simulated': {
    en: (p: {
      requestsPerSecond: number
      replicas: number
      requests: number
      ttftMs: number
      tpotMs: number
      e2eMs: number
      good: number | null
    }) =>
      `Simulated at ${counted(p.requestsPerSecond, 'request')}/s on ${counted(p.replicas, 'replica')} (${counted(p.requests, 'request')}): P95 ${formatMs(p.ttftMs)} to the first token, ${formatMs(p.tpotMs)} per token, ${formatMs(p.e2eMs)} in all${p.good === null ? '' : `; ${n(p.good * 100)} % of the requests meet every limit at once`}.`,
    'zh-TW': (p) =>
      `以每秒 ${n(p.requestsPerSecond)} 個請求、${p.replicas} 份副本模擬（${n(p.requests)} 個請求）：P95 首個詞元 ${formatMs(p.ttftMs)}、每個詞元 ${formatMs(p.tpotMs)}、全程 ${formatMs(p.e2eMs)}${p.good === null ? '' : `；${n(p.good * 100)}% 的請求同時符合所有上限`}。`,
  },
  'planner.simulated-overload': {
    en: (p: { requestsPerSecond: number; replicas: number; triedTwice: boolean }) =>
      `Simulated at ${counted(p.requestsPerSecond, 'request')}/s, ${counted(p.replicas, 'replica')} ${agreeing(p.replicas, 'does', 'do')} not keep up${p.triedTwice ? ', and twice as many neither' : ''}: the closed form is too hopeful here, so measure before you rely on it.`,
    'zh-TW': (p) =>
      `以每秒 ${n(p.requestsPerSecond)} 個請求模擬時，${p.replicas} 份副本跟不上${p.triedTwice ? '，加倍亦然' : ''}：封閉公式在此過於樂觀，採用前請先實測。`,
  },
  'planner.simulated-more-replicas': {
    en: (p: { from: number; to: number; missed: readonly string[] }) =>
      `The closed form asks for ${counted(p.from, 'replica')}, with which a simulation ${p.missed.length > 0 ? `misses ${p.missed.join(', ')}` : 'does not keep up'}: ${p.to} ${agreeing(p.to, 'serves', 'serve')}.`,
    'zh-TW': (p) =>
      `封閉公式需要 ${p.from} 份副本，但模擬顯示${p.missed.length > 0 ? `無法符合 ${p.missed.join('、')}` : '跟不上負載'}，因此改為 ${p.to} 份。`,
  },
  'planner.simulated-lighter-base': {
    en: (p: {
      /** Replicas below an API, and the requests that they take at a time. */
      from: { replicas: number; concurrency: number }
      to: { replicas: number; concurrency: number }
      missed: readonly string[]
    }) =>
      `The closed form lets ${counted(p.from.replicas, 'replica')} take ${counted(p.from.concurrency, 'request')} at a time, with which a simulation misses ${p.missed.join(', ')}: ${counted(p.to.replicas, 'replica')} ${agreeing(p.to.replicas, 'takes', 'take')} ${p.to.concurrency}, and the API the others.`,
    'zh-TW': (p) =>
      `封閉公式讓 ${p.from.replicas} 份副本同時處理 ${p.from.concurrency} 個請求，但模擬顯示無法符合 ${p.missed.join('、')}，因此改為 ${p.to.replicas} 份副本同時處理 ${p.to.concurrency} 個，其餘交給 API。`,
  },
  'planner.simulated-overflow': {
    en: (p: SimulatedOverflow & { requestsPerSecond: number }) =>
      `${p.api} answers what comes while the replicas have ${counted(p.concurrency, 'request')} in flight: ${formatNumber(p.share * 100, 3)} % of the requests of this hour (${formatNumber(p.share * p.requestsPerSecond, 3)} /s); the loss formula that the bill counts on says ${formatNumber(p.expectedShare * 100, 3)} %. Its times are its own and are not simulated; percentiles and goodput are those of the requests that the replicas take.`,
    'zh-TW': (p) =>
      `副本同時處理 ${p.concurrency} 個請求時，之後到達的交給 ${p.api}：占此時段請求的 ${n(p.share * 100)}%（每秒 ${n(p.share * p.requestsPerSecond)} 個）；帳單所用的損失公式為 ${formatNumber(p.expectedShare * 100, 3)}%。其時間由供應商決定，未模擬；百分位與有效吞吐只計副本處理的請求。`,
  },
  'planner.simulated-part': {
    en: (p: { part: 'first' | 'main'; model: string }) =>
      p.part === 'first'
        ? `The small model, ${p.model}, which every request asks:`
        : `The main model, ${p.model}, with the requests that it gives again:`,
    'zh-TW': (p) =>
      p.part === 'first'
        ? `小模型 ${p.model}，每個請求都會先問它：`
        : `主模型 ${p.model}，只處理需要重答的請求：`,
  },
  'planner.part-not-simulated': {
    en: (p: { api: string }) => `Not simulated: ${p.api}, an API whose scheduler is not known.`,
    'zh-TW': (p) => `未模擬：${p.api} 為 API，排程方式不明。`,
  },
  'planner.simulated-misses': {
    en: (p: {
      target: string
      percentile: number
      limit: number
      unit: 'ms' | 'tokens/s'
      /** null = the replicas do not keep up. */
      simulated: number | null
      closedForm: number
      /** Twice the replicas were tried. */
      triedTwice: boolean
    }) =>
      `The two predictions of ${p.target} (P${n(p.percentile)}, limit ${speed(p.limit, p.unit, 'en')}) contradict each other: closed form ${speed(p.closedForm, p.unit, 'en')}, simulation ${p.simulated === null ? 'a queue that grows without end' : speed(p.simulated, p.unit, 'en')}. ${p.triedTwice ? 'Twice the replicas would not change it, so measure' : 'Measure'} before you rely on it.`,
    'zh-TW': (p) =>
      `${p.target}（P${n(p.percentile)}，上限 ${speed(p.limit, p.unit, 'zh-TW')}）的兩種預測互相矛盾：封閉公式 ${speed(p.closedForm, p.unit, 'zh-TW')}，模擬 ${p.simulated === null ? '佇列不斷增長' : speed(p.simulated, p.unit, 'zh-TW')}。${p.triedTwice ? '副本加倍也無法改變，' : ''}採用前請先實測。`,
  },
  'planner.not-simulated': {
    en: (p: { why: 'api' | 'pools' | 'order' }) =>
      ({
        api: "Not simulated: the provider's scheduler is not known.",
        pools: 'Not simulated: prompts and answers run on replicas of their own.',
        order: 'Not simulated: it became the best way only when simulations made others dearer.',
      })[p.why],
    'zh-TW': (p) =>
      ({
        api: '未模擬：供應商的排程方式不明。',
        pools: '未模擬：提示與回答在各自的副本上執行。',
        order: '未模擬：其他做法經模擬變貴之後，它才成為最佳方案。',
      })[p.why],
  },
  'planner.simulated-left-out': {
    en: (p: { targets: readonly string[] }) =>
      `Not simulated, since their load, lengths or percentile are others: ${p.targets.join(', ')}.`,
    'zh-TW': (p) => `未模擬（負載、長度或百分位不同）：${p.targets.join('、')}。`,
  },
})

export const evidenceMessage = messageFactory(evidenceMessages)
