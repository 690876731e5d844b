// Findings of the assessment in both languages: reasons, conflicts and questions. Risks stand in risk-messages.ts.

import {
  agreeing,
  counted,
  defineMessages,
  formatMs,
  formatNumber,
  formatUsd,
  messageFactory,
} from '../../core/index.js'
import type { Share } from '../machine/task-model.js'
import { riskMessages } from './risk-messages.js'

const percent = ({ value, low, high }: Share) =>
  `${formatNumber(value * 100)} % [${formatNumber(low * 100)}, ${formatNumber(high * 100)}]`

const findingMessages = defineMessages({
  'planner.why-harm': {
    en: (p: { harm: string }) => `A wrong answer does ${p.harm} harm.`,
    'zh-TW': (p) => `答錯的危害程度：${{ low: '低', medium: '中', high: '高' }[p.harm] ?? p.harm}。`,
  },
  'planner.why-external': {
    en: (_: Record<never, never>) => 'The public uses it.',
    'zh-TW': () => '對外開放使用。',
  },
  'planner.why-injection': {
    en: (_: Record<never, never>) => 'Strangers will try to steer it.',
    'zh-TW': () => '外部人士會嘗試操控它。',
  },
  'planner.why-regulated': {
    en: (p: { count: number }) =>
      `${counted(p.count, 'regulation')} ${agreeing(p.count, 'applies', 'apply')}.`,
    'zh-TW': (p) => `適用 ${p.count} 項法規。`,
  },
  'planner.why-personal-data': {
    en: (p: { action: string }) => `Personal data must be ${p.action === 'block' ? 'refused' : 'taken out'}.`,
    'zh-TW': (p) => `個人資料必須${p.action === 'block' ? '拒收' : '遮蔽'}。`,
  },
  'planner.why-residency': {
    en: (p: { places: readonly string[] }) => `The data must stay in ${p.places.join(', ')}.`,
    'zh-TW': (p) => `資料必須留在 ${p.places.join('、')}。`,
  },
  'planner.why-owned-only': {
    en: (_: Record<never, never>) => 'Only hardware of your own may be used.',
    'zh-TW': () => '只能使用自有硬體。',
  },
  'planner.why-grounded': {
    en: (_: Record<never, never>) => 'Answers must come from the documents.',
    'zh-TW': () => '回答必須有文件依據。',
  },
  'planner.why-quality-targets': {
    en: (p: { count: number }) => `${counted(p.count, 'quality target')} set.`,
    'zh-TW': (p) => `訂有 ${p.count} 項品質目標。`,
  },
  'planner.why-target': {
    en: (p: { target: string; value: number; unit: string }) =>
      `${p.target}: ${p.unit === 'ms' ? formatMs(p.value) : `${formatNumber(p.value)} ${p.unit}`}.`,
    'zh-TW': (p) =>
      `${p.target}：${p.unit === 'ms' ? formatMs(p.value) : `${formatNumber(p.value)} ${p.unit}`}。`,
  },
  'planner.why-budget': {
    en: (p: { usd: number }) => `The budget is ${formatUsd(p.usd)} a month.`,
    'zh-TW': (p) => `每月預算 ${formatUsd(p.usd)}。`,
  },
  'planner.why-token-budget': {
    en: (p: { usd: number }) => `At most ${formatUsd(p.usd)} per million output tokens.`,
    'zh-TW': (p) => `每百萬輸出詞元至多 ${formatUsd(p.usd)}。`,
  },
  'planner.why-volume': {
    en: (p: { millionTokens: number }) => `${formatNumber(p.millionTokens)} million tokens a month.`,
    'zh-TW': (p) => `每月 ${formatNumber(p.millionTokens)} 百萬個詞元。`,
  },
  'planner.why-availability': {
    en: (p: { percent: number; minutes: number }) =>
      `${p.percent} % leaves ${formatNumber(p.minutes)} minutes a month.`,
    'zh-TW': (p) => `${p.percent}% 表示每月只容許中斷 ${formatNumber(p.minutes)} 分鐘。`,
  },
  'planner.why-replica-loss': {
    en: (_: Record<never, never>) => 'One replica may fail unnoticed.',
    'zh-TW': () => '一份副本故障時不得中斷。',
  },
  'planner.why-regions': {
    en: (p: { regions: number }) => `${counted(p.regions, 'region')}.`,
    'zh-TW': (p) => `${p.regions} 個區域。`,
  },

  'planner.e2e-below-parts': {
    en: (p: {
      e2e: string
      e2eMs: number
      ttftMs: number
      tokens: number
      tpotMs: number
      sumMs: number
      neededTpotMs: number
    }) =>
      `${p.e2e} allows ${formatMs(p.e2eMs)}, but the other two together ${formatMs(p.sumMs)}: ${formatMs(p.ttftMs)} + ${formatNumber(p.tokens - 1)} x ${formatMs(p.tpotMs)}. It asks for ${formatMs(p.neededTpotMs)} a token in truth; change one of them.`,
    'zh-TW': (p) =>
      `${p.e2e} 只容許 ${formatMs(p.e2eMs)}，另兩項合計卻是 ${formatMs(p.sumMs)}：${formatMs(p.ttftMs)} + ${formatNumber(p.tokens - 1)} × ${formatMs(p.tpotMs)}。它實際要求每詞元 ${formatMs(p.neededTpotMs)}；請修改其中一項。`,
  },
  'planner.speed-below-e2e': {
    en: (p: { speed: string; asked: number; e2e: string; tokens: number; leftMs: number; needed: number }) =>
      `${p.speed} asks for ${formatNumber(p.asked)} tokens/s, but ${p.e2e} needs ${formatNumber(p.needed)}: ${formatNumber(p.tokens - 1)} tokens in ${formatMs(p.leftMs)}. The stricter one counts.`,
    'zh-TW': (p) =>
      `${p.speed} 要求每秒 ${formatNumber(p.asked)} 個詞元，但 ${p.e2e} 需要 ${formatNumber(p.needed)}：${formatMs(p.leftMs)} 內寫完 ${formatNumber(p.tokens - 1)} 個詞元。以較嚴者為準。`,
  },
  'planner.below-any-answer': {
    en: (p: { target: string; askedMs: number; leastMs: number }) =>
      `${p.target} allows ${formatMs(p.askedMs)}; no answer comes over a network in less than ${formatMs(p.leastMs)}. Check value and unit.`,
    'zh-TW': (p) =>
      `${p.target} 只容許 ${formatMs(p.askedMs)}；經過網路的回答不可能少於 ${formatMs(p.leastMs)}。請檢查數值與單位。`,
  },
  'planner.tpot-and-speed': {
    en: (p: {
      tpot: string
      tpotMs: number
      implied: number
      speed: string
      asked: number
      stricter: string
    }) =>
      `${p.tpot} (${formatMs(p.tpotMs)}) is ${formatNumber(p.implied)} tokens/s, ${p.speed} asks for ${formatNumber(p.asked)}: only ${p.stricter} counts.`,
    'zh-TW': (p) =>
      `${p.tpot}（${formatMs(p.tpotMs)}）等於每秒 ${formatNumber(p.implied)} 個詞元，${p.speed} 要求 ${formatNumber(p.asked)}：只有 ${p.stricter} 有作用。`,
  },
  'planner.ttft-after-e2e': {
    en: (p: { ttft: string; ttftMs: number; e2e: string; e2eMs: number }) =>
      `${p.ttft} allows ${formatMs(p.ttftMs)} for the first token, ${p.e2e} ${formatMs(p.e2eMs)} for the last: the first says nothing.`,
    'zh-TW': (p) =>
      `${p.ttft} 容許首詞元 ${formatMs(p.ttftMs)}，${p.e2e} 卻只容許整段 ${formatMs(p.e2eMs)}：前者沒有作用。`,
  },
  'planner.bounds-crossed': {
    en: (p: { least: string; atLeast: number; most: string; atMost: number }) =>
      `${p.least} asks for at least ${formatNumber(p.atLeast)}, ${p.most} for at most ${formatNumber(p.atMost)}: nothing lies between.`,
    'zh-TW': (p) =>
      `${p.least} 要求至少 ${formatNumber(p.atLeast)}，${p.most} 要求至多 ${formatNumber(p.atMost)}：兩者之間沒有任何值。`,
  },
  'planner.more-than-asked': {
    en: (p: { target: string; asked: number; offered: number }) =>
      `${p.target} asks for ${formatNumber(p.asked)} tokens/s, but the users only ask for ${formatNumber(p.offered)} at that load. Lower it, or raise the load.`,
    'zh-TW': (p) =>
      `${p.target} 要求每秒 ${formatNumber(p.asked)} 個詞元，但該負載下使用者總共只需要 ${formatNumber(p.offered)}。請調低目標或提高負載。`,
  },
  'planner.load-beyond-peak': {
    en: (p: { target: string; requestsPerSecond: number; peak: number }) =>
      `${p.target} is promised at ${counted(p.requestsPerSecond, 'request')}/s, above the peak of ${formatNumber(p.peak)}: replicas are sized, and paid, for the higher one.`,
    'zh-TW': (p) =>
      `${p.target} 承諾於每秒 ${formatNumber(p.requestsPerSecond)} 個請求，高於尖峰 ${formatNumber(p.peak)}：副本將依較高者配置並計費。`,
  },
  'planner.budget-below-least': {
    en: (p: { budgetUsd: number; leastUsd: number; systemUsd: number; how: string | null }) =>
      `The budget of ${formatUsd(p.budgetUsd)} a month is below the least this load can cost, ${formatUsd(p.leastUsd + p.systemUsd)}, before quality and speed are asked for: ${formatUsd(p.leastUsd)} for the model (${p.how ?? 'on hardware that is there'}) and ${formatUsd(p.systemUsd)} for the gateway and the small models beside it.`,
    'zh-TW': (p) =>
      `每月預算 ${formatUsd(p.budgetUsd)} 低於此負載的最低費用 ${formatUsd(p.leastUsd + p.systemUsd)}，尚未考慮品質與速度：模型 ${formatUsd(p.leastUsd)}（${p.how ?? '使用既有硬體'}），其外的閘道與小型模型 ${formatUsd(p.systemUsd)}。`,
  },
  'planner.token-budget-below-least': {
    en: (p: { perMillionUsd: number; millions: number; allowedUsd: number; leastUsd: number; how: string }) =>
      `${formatUsd(p.perMillionUsd)} x ${formatNumber(p.millions)} million output tokens = ${formatUsd(p.allowedUsd)} a month, below the least this load can cost, ${formatUsd(p.leastUsd)} (${p.how}).`,
    'zh-TW': (p) =>
      `${formatUsd(p.perMillionUsd)} × ${formatNumber(p.millions)} 百萬輸出詞元 = 每月 ${formatUsd(p.allowedUsd)}，低於此負載的最低費用 ${formatUsd(p.leastUsd)}（${p.how}）。`,
  },
  'planner.budgets-differ': {
    en: (p: { monthlyUsd: number; perMillionUsd: number; millions: number; allowedUsd: number }) =>
      `The two budgets differ: ${formatUsd(p.monthlyUsd)} a month, and ${formatUsd(p.perMillionUsd)} x ${formatNumber(p.millions)} million output tokens = ${formatUsd(p.allowedUsd)}. The smaller one counts.`,
    'zh-TW': (p) =>
      `兩項預算不一致：每月 ${formatUsd(p.monthlyUsd)}，與 ${formatUsd(p.perMillionUsd)} × ${formatNumber(p.millions)} 百萬輸出詞元 = ${formatUsd(p.allowedUsd)}。以較小者為準。`,
  },
  'planner.context-beyond-models': {
    en: (p: { needed: number; longest: number; model: string }) =>
      `Requests need ${formatNumber(p.needed)} tokens; the longest context among the allowed models is ${formatNumber(p.longest)} (${p.model}). Shorten the prompts, or allow another model.`,
    'zh-TW': (p) =>
      `請求需要 ${formatNumber(p.needed)} 個詞元；允許的模型中上下文最長為 ${formatNumber(p.longest)}（${p.model}）。請縮短提示，或開放其他模型。`,
  },
  'planner.unknown-model': {
    en: (p: { name: string; suggestion: string | null }) =>
      `models.allowed names "${p.name}", which the catalogue does not have.${p.suggestion === null ? '' : ` Did you mean "${p.suggestion}"?`}`,
    'zh-TW': (p) =>
      `models.allowed 指名「${p.name}」，但目錄中沒有。${p.suggestion === null ? '' : `您是不是要寫「${p.suggestion}」？`}`,
  },
  'planner.unknown-accelerator': {
    en: (p: { name: string; suggestion: string | null }) =>
      `hosting.owned names "${p.name}", which the catalogue does not have.${p.suggestion === null ? '' : ` Did you mean "${p.suggestion}"?`}`,
    'zh-TW': (p) =>
      `hosting.owned 指名「${p.name}」，但目錄中沒有。${p.suggestion === null ? '' : `您是不是要寫「${p.suggestion}」？`}`,
  },
  'planner.nothing-owned': {
    en: (_: Record<never, never>) =>
      'hosting.ownedOnly is true, but hosting.owned names no hardware. List it, or allow renting.',
    'zh-TW': () => 'hosting.ownedOnly 為 true，但 hosting.owned 沒有列出任何硬體。請列出硬體，或允許租用。',
  },
  'planner.owned-not-hosted': {
    en: (_: Record<never, never>) =>
      'hosting.ownedOnly is true, but hosting.allowed leaves out self-hosted. Change one of them.',
    'zh-TW': () => 'hosting.ownedOnly 為 true，但 hosting.allowed 不含 self-hosted。請修改其中一項。',
  },
  'planner.owned-too-small': {
    en: (p: { memoryGiB: number; model: string; weightsGiB: number }) =>
      `The hardware that is there has ${formatNumber(p.memoryGiB)} GiB in all; the smallest allowed model, ${p.model}, takes ${formatNumber(p.weightsGiB)} GiB in four bits.`,
    'zh-TW': (p) =>
      `既有硬體共 ${formatNumber(p.memoryGiB)} GiB；允許的最小模型 ${p.model} 以四位元仍需 ${formatNumber(p.weightsGiB)} GiB。`,
  },
  'planner.residency-against-apis': {
    en: (p: { places: readonly string[]; providers: number }) =>
      `Data must stay in ${p.places.join(', ')}, and none of the ${p.providers} API providers in the catalogue is known to process there: hosted APIs drop out until one shows that it does.`,
    'zh-TW': (p) =>
      `資料必須留在 ${p.places.join('、')}，目錄中 ${p.providers} 家 API 供應商都未載明在當地處理：在有供應商證明之前，雲端 API 不列入。`,
  },
  'planner.prefix-beyond-prompt': {
    en: (p: { prefix: number; p50: number }) =>
      `sharedPrefixTokens (${formatNumber(p.prefix)}) is more than the median prompt (${formatNumber(p.p50)}): the part cannot exceed the whole.`,
    'zh-TW': (p) =>
      `sharedPrefixTokens（${formatNumber(p.prefix)}）大於提示的中位數（${formatNumber(p.p50)}）：部分不可能大於全體。`,
  },
  'planner.curve-without-peak': {
    en: (p: { highest: number }) =>
      `The largest value of dailyCurve is ${p.highest}, so the peak of scale.peakRequestsPerSecond is never reached. Scale the curve to 1.`,
    'zh-TW': (p) =>
      `dailyCurve 的最大值為 ${p.highest}，永遠達不到 scale.peakRequestsPerSecond 的尖峰。請將曲線最大值調為 1。`,
  },
  'planner.grounded-without-documents': {
    en: (_: Record<never, never>) =>
      'Answers, retrieval or citations are to rest on documents, but useCase.knowledge names none.',
    'zh-TW': () => '要求以文件為依據（或檢索、引用），但 useCase.knowledge 沒有指定文件。',
  },
  'planner.available-without-spare': {
    en: (p: { percent: number; minutes: number }) =>
      `${p.percent} % leaves ${formatNumber(p.minutes)} minutes a month, but survivesReplicaLoss is false: loading a model again takes minutes each time.`,
    'zh-TW': (p) =>
      `${p.percent}% 每月只容許 ${formatNumber(p.minutes)} 分鐘，但 survivesReplicaLoss 為 false：每次重新載入模型就要數分鐘。`,
  },

  'planner.ask-task-model': {
    en: (p: { id: string }) =>
      `Is there a model for the task ${p.id}? None lies in models/${p.id} (python/task_model trains one).`,
    'zh-TW': (p) => `任務 ${p.id} 有專用模型嗎？models/${p.id} 中沒有（可用 python/task_model 訓練）。`,
  },
  'planner.assume-main-model': {
    en: (_: Record<never, never>) => 'the model that talks does the task as well',
    'zh-TW': () => '由對話模型一併處理',
  },
  'planner.ask-linear': {
    en: (p: { id: string; accuracy: Share; linear: Share }) =>
      `Would a linear classifier do for ${p.id}? On the test data it is right in ${percent(p.linear)}, the trained model in ${percent(p.accuracy)}, and it is smaller and faster.`,
    'zh-TW': (p) =>
      `任務 ${p.id} 改用線性分類器是否就夠了？在測試資料上它答對 ${percent(p.linear)}，訓練出的模型答對 ${percent(p.accuracy)}，而且它更小更快。`,
  },
  'planner.assume-task-model': {
    en: (_: Record<never, never>) =>
      'the trained model is used: it makes the call itself, with a calibrated confidence, and any engine serves it',
    'zh-TW': () => '使用訓練出的模型：它直接產生工具呼叫、附校準過的信心值，任何引擎都能執行',
  },
  'planner.ask-targets': {
    en: (_: Record<never, never>) =>
      'How fast must it be: first token, whole answer, tokens/s, at which load?',
    'zh-TW': () => '要多快？首詞元、完整回答、每秒詞元數，在什麼負載下？',
  },
  'planner.assume-no-targets': {
    en: (_: Record<never, never>) => 'Any speed is good enough.',
    'zh-TW': () => '任何速度皆可。',
  },
  'planner.ask-curve': {
    en: (_: Record<never, never>) => 'How does the load vary over the day (24 numbers, the largest 1)?',
    'zh-TW': () => '負載在一天之中如何變化（24 個數字，最大為 1）？',
  },
  'planner.assume-peak-all-day': {
    en: (_: Record<never, never>) => 'The peak lasts all day, so costs are upper bounds.',
    'zh-TW': () => '全天都是尖峰，因此費用為上限值。',
  },
  'planner.ask-prefix': {
    en: (_: Record<never, never>) => 'How many tokens at the beginning are the same in every prompt?',
    'zh-TW': () => '每個提示開頭相同的部分有多少詞元？',
  },
  'planner.assume-no-prefix': {
    en: (_: Record<never, never>) => 'None, so caching of prompts saves nothing.',
    'zh-TW': () => '沒有，因此提示快取沒有節省。',
  },
  'planner.ask-growth': {
    en: (_: Record<never, never>) => 'How much more traffic in a year?',
    'zh-TW': () => '一年後流量會成長多少？',
  },
  'planner.assume-no-growth': {
    en: (_: Record<never, never>) => 'As much as today.',
    'zh-TW': () => '與今日相同。',
  },
  'planner.ask-quality': {
    en: (_: Record<never, never>) => 'Which tasks with known answers must it get right, and how often?',
    'zh-TW': () => '哪些有標準答案的題目必須答對，比例多少？',
  },
  'planner.assume-published-quality': {
    en: (_: Record<never, never>) =>
      'Published scores, or the size where there is none, decide; neither is about your task.',
    'zh-TW': () => '以公開評分判斷，沒有評分者以規模代替；兩者都不是針對您的任務。',
  },
  'planner.ask-floor': {
    en: (_: Record<never, never>) => 'Is there a smallest model that you would trust with this?',
    'zh-TW': () => '您能信任的模型最小規模是多少？',
  },
  'planner.assume-floor': {
    en: (p: { kind: string; parametersB: number }) =>
      `${formatNumber(p.parametersB)} billion parameters, as is usual for ${p.kind}.`,
    'zh-TW': (p) => `${formatNumber(p.parametersB)}B 參數，為 ${p.kind} 的一般值。`,
  },
  'planner.ask-documents': {
    en: (_: Record<never, never>) => 'How many documents are there, and how often do they change?',
    'zh-TW': () => '共有多少份文件，多久更新一次？',
  },
  'planner.assume-small-library': {
    en: (_: Record<never, never>) => 'Few enough for one search index on one machine.',
    'zh-TW': () => '數量不多，一台機器上的單一索引即可。',
  },
  'planner.ask-accuracy': {
    en: (_: Record<never, never>) => 'A wrong answer does much harm: which share of answers must be right?',
    'zh-TW': () => '答錯危害很大：回答的正確率須達多少？',
  },
  'planner.assume-no-accuracy': {
    en: (_: Record<never, never>) => 'No share is asked for, so none is promised.',
    'zh-TW': () => '未要求正確率，因此也不承諾。',
  },
  'planner.ask-budget': {
    en: (_: Record<never, never>) => 'What may it cost a month?',
    'zh-TW': () => '每月費用上限是多少？',
  },
  'planner.assume-cheapest': {
    en: (_: Record<never, never>) => 'The cheapest way that meets the rest.',
    'zh-TW': () => '選擇符合其他需求的最便宜方案。',
  },
  'planner.ask-owned-cost': {
    en: (_: Record<never, never>) => 'What do power, space and write-off of the owned hardware cost a month?',
    'zh-TW': () => '自有硬體的電力、機房與折舊每月多少費用？',
  },
  'planner.assume-owned-paid': {
    en: (_: Record<never, never>) => 'Nothing: it counts as paid for.',
    'zh-TW': () => '零：視為已付費。',
  },
  'planner.ask-quota': {
    en: (_: Record<never, never>) => 'Do your accounts at API providers have the quota for the peak?',
    'zh-TW': () => '您的 API 帳號配額足以應付尖峰嗎？',
  },
  'planner.assume-quota': {
    en: (_: Record<never, never>) => 'They do.',
    'zh-TW': () => '足夠。',
  },
  'planner.ask-residency': {
    en: (_: Record<never, never>) => 'In which countries may the data of the public be processed?',
    'zh-TW': () => '外部使用者的資料可以在哪些國家處理？',
  },
  'planner.assume-anywhere': {
    en: (_: Record<never, never>) => 'Anywhere.',
    'zh-TW': () => '任何地方。',
  },
  'planner.ask-regulations': {
    en: (_: Record<never, never>) => 'Which laws and rules apply?',
    'zh-TW': () => '適用哪些法規？',
  },
  'planner.assume-unregulated': {
    en: (_: Record<never, never>) => 'None beyond the law of the land.',
    'zh-TW': () => '除一般法律外沒有。',
  },
})

export const assessmentMessages = defineMessages({ ...findingMessages, ...riskMessages })
export const assessmentMessage = messageFactory(assessmentMessages)
