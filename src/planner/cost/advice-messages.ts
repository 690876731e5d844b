// Other ways to the same system and what they cost, in both languages.

import {
  agreeing,
  counted,
  defineMessages,
  formatNumber,
  formatPercent,
  formatUsd,
} from '../../core/index.js'
import type { CascadeGap } from './cascade.js'

const strategies = {
  en: {
    retrieve: 'Retrieve passages',
    'map-reduce': 'Read in parts, then reduce',
    'long-context': 'A longer context',
  },
  'zh-TW': { retrieve: '檢索段落', 'map-reduce': '分段閱讀再彙整', 'long-context': '更長的上下文' },
} as const

const cascadeGaps = {
  en: {
    threshold: 'scale.cascade.escalateBelow, the token probability at which the share was measured',
    probabilities: 'a first model whose engine tells token probabilities',
    quality:
      'a measurement that both together are good enough, in scale.cascade.evals (the small model alone does not reach the floor)',
  },
  'zh-TW': {
    threshold: 'scale.cascade.escalateBelow，即量測該比例時的詞元機率門檻',
    probabilities: '能回報詞元機率的第一個模型',
    quality: '證明兩者合用品質足夠的量測，寫入 scale.cascade.evals（小模型單獨未達下限）',
  },
} as const satisfies Record<string, Record<CascadeGap, string>>

export const adviceMessages = defineMessages({
  'planner.alternative-reserved': {
    en: (p: { provider: string; usd: number; less: number; reservedShare: number }) =>
      `Reserving the base at ${p.provider} (${formatPercent(p.reservedShare, 'en')} of the hours) would cost ${formatUsd(p.usd)} a month, ${formatPercent(p.less, 'en')} less: hosting.commitment: reserved.`,
    'zh-TW': (p) =>
      `若於 ${p.provider} 預留基載（占 ${formatPercent(p.reservedShare, 'zh-TW')} 的時數），每月 ${formatUsd(p.usd)}，省 ${formatPercent(p.less, 'zh-TW')}：hosting.commitment: reserved。`,
  },
  'planner.alternative-spot': {
    en: (p: { provider: string; usd: number; less: number; spotShare: number }) =>
      `Spot machines of ${p.provider} above the base (${formatPercent(p.spotShare, 'en')} of the hours) would cost ${formatUsd(p.usd)} a month, ${formatPercent(p.less, 'en')} less: hosting.spot: true. They may be taken back at short notice.`,
    'zh-TW': (p) =>
      `基載以上改用 ${p.provider} 的競價主機（占 ${formatPercent(p.spotShare, 'zh-TW')} 的時數），每月 ${formatUsd(p.usd)}，省 ${formatPercent(p.less, 'zh-TW')}：hosting.spot: true。主機可能隨時被收回。`,
  },
  'planner.alternative-cascade': {
    en: (p: {
      small: string
      escalatedShare: number
      usd: number
      less: number
      breakEvenShare: number
      waitsFor: readonly CascadeGap[]
    }) =>
      `${p.small} first and ${formatPercent(p.escalatedShare, 'en')} passed on would cost ${formatUsd(p.usd)} a month, ${p.less >= 0 ? `${formatPercent(p.less, 'en')} less` : `${formatPercent(-p.less, 'en')} more`}; it pays while at most ${formatPercent(p.breakEvenShare, 'en')} are passed on.${p.waitsFor.length > 0 ? ` It is not chosen, because its strategy, cascade, waits for: ${p.waitsFor.map((gap) => cascadeGaps.en[gap]).join('; ')}.` : ''}`,
    'zh-TW': (p) =>
      `先由 ${p.small} 回答、轉交 ${formatPercent(p.escalatedShare, 'zh-TW')}，每月 ${formatUsd(p.usd)}，${p.less >= 0 ? `省 ${formatPercent(p.less, 'zh-TW')}` : `多 ${formatPercent(-p.less, 'zh-TW')}`}；轉交比例在 ${formatPercent(p.breakEvenShare, 'zh-TW')} 以內才划算。${p.waitsFor.length > 0 ? `尚未採用，因其策略 cascade 還缺：${p.waitsFor.map((gap) => cascadeGaps['zh-TW'][gap]).join('；')}。` : ''}`,
  },
  'planner.alternative-cache': {
    en: (p: { usd: number; more: number; repeatedShare: number }) =>
      `The answer cache takes ${formatPercent(p.repeatedShare, 'en')} of the requests; without it the month would cost ${formatUsd(p.usd)}, ${formatPercent(p.more, 'en')} more.`,
    'zh-TW': (p) =>
      `回答快取承擔 ${formatPercent(p.repeatedShare, 'zh-TW')} 的請求；若無快取，每月 ${formatUsd(p.usd)}，多 ${formatPercent(p.more, 'zh-TW')}。`,
  },
  'planner.ingest-too-slow': {
    en: (p: { days: number; wantedDays: number; tokens: number; name: string; count: number }) =>
      `useCase.knowledge.ingestDays allows ${counted(p.wantedDays, 'day')}; ${formatNumber(p.tokens / 1e9)} billion tokens take ${formatNumber(p.days)} on ${p.count} x ${p.name}, all there is.`,
    'zh-TW': (p) =>
      `useCase.knowledge.ingestDays 只容許 ${formatNumber(p.wantedDays)} 天；${formatNumber(p.tokens / 1e8)} 億個詞元在現有的 ${p.count} 張 ${p.name} 上需 ${formatNumber(p.days)} 天。`,
  },
  'planner.zero-and-least': {
    en: (p: { minReplicas: number }) =>
      `availability.scaleToZero lets nothing run in quiet hours, minReplicas keeps ${p.minReplicas} running. The first counts; remove one of them.`,
    'zh-TW': (p) =>
      `availability.scaleToZero 允許離峰時全部停止，minReplicas 卻要求保留 ${p.minReplicas} 份。以前者為準；請刪除其一。`,
  },
  'planner.zero-never': {
    en: (_: Record<never, never>) =>
      'availability.scaleToZero is set, but no hour of the curve is without load, so it never happens.',
    'zh-TW': () => '已設定 availability.scaleToZero，但曲線中沒有任何時段是零負載，因此不會發生。',
  },
  'planner.zero-waits': {
    en: (p: { target: string }) =>
      `With availability.scaleToZero the first request of a quiet spell waits minutes for a replica, and misses ${p.target}.`,
    'zh-TW': (p) =>
      `設定 availability.scaleToZero 後，離峰後的第一個請求要等副本啟動數分鐘，達不到 ${p.target}。`,
  },
  'planner.spot-without-spare': {
    en: (_: Record<never, never>) =>
      'hosting.spot lets a provider take replicas back, and availability.survivesReplicaLoss is false: each time, requests fail.',
    'zh-TW': () =>
      'hosting.spot 允許供應商收回副本，但 availability.survivesReplicaLoss 為 false：每次收回都會有請求失敗。',
  },
  'planner.week-without-peak': {
    en: (p: { highest: number }) =>
      `The largest value of weeklyCurve is ${p.highest}, so the peak of scale.peakRequestsPerSecond is never reached. Scale the curve to 1.`,
    'zh-TW': (p) =>
      `weeklyCurve 的最大值為 ${p.highest}，永遠達不到 scale.peakRequestsPerSecond 的尖峰。請將曲線最大值調為 1。`,
  },
  'planner.deferrable-with-targets': {
    en: (p: { deferrableShare: number }) =>
      `scale.deferrableShare says that ${formatPercent(p.deferrableShare, 'en')} of the answers may take a day, and speed targets are set for all. The targets are taken to mean the others.`,
    'zh-TW': (p) =>
      `scale.deferrableShare 表示 ${formatPercent(p.deferrableShare, 'zh-TW')} 的回答可延後一天，但速度目標針對全部請求。視為只適用於其餘請求。`,
  },
  'planner.electricity-without-hardware': {
    en: (_: Record<never, never>) => 'budget.electricity is given, but hosting.owned names no hardware.',
    'zh-TW': () => '已填寫 budget.electricity，但 hosting.owned 沒有任何硬體。',
  },
  'planner.adapt-prompt': {
    en: (p: { tokens: number; usd: number }) =>
      `${formatNumber(p.tokens)} tokens of instructions in every prompt: ${p.usd > 0 ? `${formatUsd(p.usd)} a month` : 'nothing here, no replica would be fewer without them'}`,
    'zh-TW': (p) =>
      `每個提示含 ${formatNumber(p.tokens)} 個詞元的指示：${p.usd > 0 ? `每月 ${formatUsd(p.usd)}` : '在此不增加費用，省去也不會少一份副本'}`,
  },
  'planner.adapt-rag': {
    en: (p: { tokens: number; passagesUsd: number; retrievalUsd: number; ingestUsd: number }) =>
      `${formatNumber(p.tokens)} tokens of passages in every prompt: ${formatUsd(p.passagesUsd)} a month, ${formatUsd(p.retrievalUsd)} to find them, ${formatUsd(p.ingestUsd)} once to embed the documents`,
    'zh-TW': (p) =>
      `每個提示含 ${formatNumber(p.tokens)} 個詞元的段落：每月 ${formatUsd(p.passagesUsd)}，檢索 ${formatUsd(p.retrievalUsd)}，文件向量化一次 ${formatUsd(p.ingestUsd)}`,
  },
  'planner.adapt-tune': {
    en: (p: { method: string; hours: number; accelerator: string; usd: number; saving: number }) =>
      `${p.method}: ${counted(p.hours, 'hour', 'hours', 3)} of ${p.accelerator}, ${formatUsd(p.usd)} each time; ${formatUsd(p.saving)} a month less if the instructions then go`,
    'zh-TW': (p) =>
      `${p.method}：${p.accelerator} ${formatNumber(p.hours)} 小時，每次 ${formatUsd(p.usd)}；若之後可省略指示，每月省 ${formatUsd(p.saving)}`,
  },
  'planner.adapt-why-prompt': {
    en: (_: Record<never, never>) =>
      'A prompt is the cheapest thing to change: measure it with the eval suite before anything is trained.',
    'zh-TW': () => '提示最容易修改：訓練之前，先以評測集量測提示的成效。',
  },
  'planner.adapt-why-cited': {
    en: (_: Record<never, never>) => 'Answers must cite the documents, which only retrieved text can do.',
    'zh-TW': () => '回答必須引用文件，只有檢索到的原文做得到。',
  },
  'planner.adapt-why-changing': {
    en: (p: { changed: number }) =>
      `${formatPercent(p.changed, 'en')} of the documents change in a month; what is trained in would be out of date.`,
    'zh-TW': (p) => `每月有 ${formatPercent(p.changed, 'zh-TW')} 的文件變更；訓練進模型的內容很快就過時。`,
  },
  'planner.adapt-why-documents': {
    en: (_: Record<never, never>) =>
      'Facts stand in documents: retrieval finds them, training teaches form more surely than facts.',
    'zh-TW': () => '知識在文件中：檢索可直接找到；訓練較擅長教格式，而非事實。',
  },
  'planner.adapt-why-form': {
    en: (p: { kind: string; tasks: number }) =>
      p.tasks > 0
        ? `${counted(p.tasks, 'fixed task')} ${agreeing(p.tasks, 'has', 'have')} one right call each: a small trained model answers in less time, for less.`
        : `The form of the answer is fixed (${p.kind}): a small trained model reaches it in less time, for less.`,
    'zh-TW': (p) =>
      p.tasks > 0
        ? `${p.tasks} 項固定任務各只有一種正確呼叫：訓練過的小模型更快、更省。`
        : `回答格式固定（${p.kind}）：訓練過的小模型更快、更省。`,
  },
  'planner.adapt-why-pays': {
    en: (p: { months: number }) =>
      `Training pays for itself in ${counted(p.months, 'month', 'months', 2)} if it makes the instructions in each prompt superfluous.`,
    'zh-TW': (p) => `若訓練後可省去每個提示中的指示，${formatNumber(p.months, 2)} 個月即可回本。`,
  },
  'planner.adapt-why-not-tune': {
    en: (p: { months: number | null }) =>
      p.months === null
        ? 'Training would save no tokens that cost anything here.'
        : `Training would take ${counted(p.months, 'month', 'months', 2)} to pay for itself by shorter prompts.`,
    'zh-TW': (p) =>
      p.months === null
        ? '在此訓練無法省下任何需付費的詞元。'
        : `訓練需 ${formatNumber(p.months, 2)} 個月才能靠縮短提示回本。`,
  },
  'planner.long-document': {
    en: (p: {
      kind: keyof (typeof strategies)['en']
      documentTokens: number
      calls: number
      inputTokens: number
    }) =>
      `${strategies.en[p.kind]}: ${formatNumber(p.documentTokens)} tokens a document, ${counted(p.calls, 'call')} and ${formatNumber(p.inputTokens)} tokens read for one question`,
    'zh-TW': (p) =>
      `${strategies['zh-TW'][p.kind]}：每份文件 ${formatNumber(p.documentTokens)} 個詞元，一題需 ${p.calls} 次呼叫、讀入 ${formatNumber(p.inputTokens)} 個詞元`,
  },
})
