// What ruled a model, a build or a provider out before any arithmetic, in both languages.

import { defineMessages, formatNumber, messageFactory } from '../../core/index.js'

export const gateMessages = defineMessages({
  'planner.not-allowed': {
    en: (p: { model: string }) => `${p.model} is not among models.allowed.`,
    'zh-TW': (p) => `${p.model} 不在 models.allowed 之中。`,
  },
  'planner.not-for-chat': {
    en: (p: { model: string; use: string }) =>
      p.use === 'vision'
        ? `${p.model} is a vision model; name it in models.allowed if images are part of the work.`
        : `${p.model} is a base model without instruction tuning.`,
    'zh-TW': (p) =>
      p.use === 'vision'
        ? `${p.model} 是視覺模型；若工作包含影像，請在 models.allowed 中指名。`
        : `${p.model} 是未經指令微調的基礎模型。`,
  },
  'planner.parameters-unknown': {
    en: (p: { model: string }) => `The catalogue does not know how many parameters ${p.model} has.`,
    'zh-TW': (p) => `目錄沒有 ${p.model} 的參數量。`,
  },
  'planner.accelerator-unknown': {
    en: (p: { accelerator: string }) =>
      `The catalogue does not know memory or bandwidth of ${p.accelerator}.`,
    'zh-TW': (p) => `目錄沒有 ${p.accelerator} 的記憶體容量或頻寬。`,
  },
  'planner.licence': {
    en: (p: { model: string; licence: string | null; allowed: readonly string[] }) =>
      `The licence of ${p.model} (${p.licence ?? 'not known here'}) is not among models.licences (${p.allowed.join(', ')}).`,
    'zh-TW': (p) =>
      `${p.model} 的授權（${p.licence ?? '目錄未載明'}）不在 models.licences（${p.allowed.join('、')}）之中。`,
  },
  'planner.context-too-short': {
    en: (p: { model: string; contextTokens: number | null; needed: number }) =>
      `${p.model} reads ${p.contextTokens === null ? 'an unknown number of' : formatNumber(p.contextTokens)} tokens; ${formatNumber(p.needed)} are needed.`,
    'zh-TW': (p) =>
      `${p.model} 的上下文為 ${p.contextTokens === null ? '未知' : formatNumber(p.contextTokens)} 個詞元；需要 ${formatNumber(p.needed)}。`,
  },
  'planner.always-reasons': {
    en: (p: { model: string }) =>
      `${p.model} always writes hidden reasoning first; how much is not in the requirements, so its times cannot be promised. Name it in models.allowed to plan with it all the same.`,
    'zh-TW': (p) =>
      `${p.model} 一定會先寫出隱藏的推理，其長度不在需求之中，因此無法承諾時間。若仍要納入，請在 models.allowed 中指名。`,
  },
  'planner.quality-unknown': {
    en: (p: { model: string }) =>
      `Neither a published score nor the size of ${p.model} is known, so nothing says that it is good enough. Name it in models.allowed to plan with it all the same.`,
    'zh-TW': (p) =>
      `不知道 ${p.model} 的公開評分與規模，無從判斷品質是否足夠。若仍要納入，請在 models.allowed 中指名。`,
  },
  'planner.below-floor': {
    en: (p: {
      model: string
      /** Published ones; null where the size has to do. */
      scores: { own: number; floor: number } | null
      effectiveParametersB: number | null
      floorParametersB: number
    }) =>
      p.scores === null
        ? `${p.model} is too small: about ${formatNumber(p.effectiveParametersB ?? 0)} billion parameters (a stand-in for quality), ${formatNumber(p.floorParametersB)} are asked for.`
        : `${p.model} is not good enough: published MMLU-Pro ${formatNumber(p.scores.own)}, the floor is ${formatNumber(p.scores.floor)} (the weakest published model of ${formatNumber(p.floorParametersB)} billion parameters or more).`,
    'zh-TW': (p) =>
      p.scores === null
        ? `${p.model} 太小：約 ${formatNumber(p.effectiveParametersB ?? 0)}B 參數（以規模代替品質），要求 ${formatNumber(p.floorParametersB)}B。`
        : `${p.model} 品質不足：公開的 MMLU-Pro 為 ${formatNumber(p.scores.own)}，下限為 ${formatNumber(p.scores.floor)}（${formatNumber(p.floorParametersB)}B 以上模型中公開評分最低者）。`,
  },
  'planner.below-floor-quantized': {
    en: (p: { model: string; precision: string; published: number; kept: number; floorScore: number }) =>
      `${p.model} in ${p.precision} is not good enough: of its published MMLU-Pro ${formatNumber(p.published)} at best ${formatNumber(p.kept)} is left, the floor is ${formatNumber(p.floorScore)}.`,
    'zh-TW': (p) =>
      `${p.model} 以 ${p.precision} 量化後品質不足：公開的 MMLU-Pro ${formatNumber(p.published)} 最多保留 ${formatNumber(p.kept)}，下限為 ${formatNumber(p.floorScore)}。`,
  },
  'planner.own-eval-below': {
    en: (p: {
      model: string
      precision: string
      target: string
      measured: number
      kept: number
      op: string
      limit: number
    }) =>
      `${p.target}: ${p.model} reached ${formatNumber(p.measured * 100)} % in your own eval, of which ${p.precision} keeps ${formatNumber(p.kept * 100)} %; asked ${p.op} ${formatNumber(p.limit * 100)} %.`,
    'zh-TW': (p) =>
      `${p.target}：${p.model} 在您的評測為 ${formatNumber(p.measured * 100)}%，以 ${p.precision} 量化後保留 ${formatNumber(p.kept * 100)}%；要求 ${p.op} ${formatNumber(p.limit * 100)}%。`,
  },
  'planner.residency-not-shown': {
    en: (p: { providers: readonly string[]; places: readonly string[]; known: readonly string[] | null }) =>
      `${p.providers.join(', ')} ${p.known === null ? 'does not say, as far as the catalogue knows, where it processes' : `processes in ${p.known.join(', ')}`}; the data must stay in ${p.places.join(', ')}. Where a contract says so, write it into hosting.processedIn.`,
    'zh-TW': (p) =>
      `${p.providers.join('、')} ${p.known === null ? '的處理地點未載於目錄' : `在 ${p.known.join('、')} 處理資料`}；資料必須留在 ${p.places.join('、')}。若合約已載明，請寫入 hosting.processedIn。`,
  },
})

export const gateMessage = messageFactory(gateMessages)
