// Contradictions of hardware, models and physics, in both languages.

import {
  agreeing,
  counted,
  defineMessages,
  formatMs,
  formatNumber,
  formatUsd,
  messageFactory,
} from '../../core/index.js'

export const conflictMessages = defineMessages({
  'planner.owned-unused': {
    en: (p: { accelerators: number }) =>
      `${counted(p.accelerators, 'accelerator')} ${agreeing(p.accelerators, 'is', 'are')} owned, but hosting.allowed leaves out self-hosted, so ${agreeing(p.accelerators, 'it', 'they')} would stand idle.`,
    'zh-TW': (p) => `已擁有 ${p.accelerators} 張加速卡，但 hosting.allowed 不含 self-hosted，硬體將閒置。`,
  },
  'planner.owned-without-spare': {
    en: (p: { accelerators: number; regions: number; needed: number }) =>
      `Only the ${counted(p.accelerators, 'owned accelerator')} may be used; ${p.needed > p.regions ? 'a replica and its spare' : 'a replica'}${p.regions === 1 ? '' : ` in each of ${p.regions} regions`} ${p.needed > p.regions ? 'take' : 'takes'} at least ${p.needed}. ${p.needed > p.regions ? 'Allow a replica to fail' : 'Ask for fewer regions'}, or add hardware.`,
    'zh-TW': (p) =>
      `只能使用現有的 ${p.accelerators} 張加速卡；${p.regions} 個區域各要一份副本${p.needed > p.regions ? '與備援' : ''}，至少需 ${p.needed} 張。請${p.needed > p.regions ? '放寬備援要求' : '減少區域'}或增加硬體。`,
  },
  'planner.no-model-left': {
    en: (p: { allowed: readonly string[]; licences: readonly string[] }) =>
      `None of models.allowed (${p.allowed.join(', ')}) has a licence out of models.licences (${p.licences.join(', ')}), as far as the catalogue knows.`,
    'zh-TW': (p) =>
      `就目錄所知，models.allowed（${p.allowed.join('、')}）之中沒有任何模型的授權在 models.licences（${p.licences.join('、')}）之內。`,
  },
  'planner.size-beyond-allowed': {
    en: (p: { model: string; sizeB: number; floorB: number }) =>
      `The largest of models.allowed, ${p.model}, counts as ${formatNumber(p.sizeB)} billion parameters; models.minParametersB asks for ${formatNumber(p.floorB)}.`,
    'zh-TW': (p) =>
      `models.allowed 中最大的 ${p.model} 相當於 ${formatNumber(p.sizeB)}B 參數；models.minParametersB 要求 ${formatNumber(p.floorB)}B。`,
  },
  'planner.size-beyond-known': {
    en: (p: { model: string; sizeB: number; floorB: number }) =>
      `No known model is as large as models.minParametersB asks for, ${formatNumber(p.floorB)} billion parameters: the largest, ${p.model}, counts as ${formatNumber(p.sizeB)} billion.`,
    'zh-TW': (p) =>
      `沒有已知模型達到 models.minParametersB 要求的 ${formatNumber(p.floorB)}B 參數：最大的 ${p.model} 相當於 ${formatNumber(p.sizeB)}B。`,
  },
  'planner.own-evals-all-below': {
    en: (p: { target: string; op: string; limit: number; model: string; best: number }) =>
      `${p.target} asks for ${p.op} ${formatNumber(p.limit * 100)} %; of the models that may be used, the best in models.evals, ${p.model}, reached ${formatNumber(p.best * 100)} %.`,
    'zh-TW': (p) =>
      `${p.target} 要求 ${p.op} ${formatNumber(p.limit * 100)}%；在可用的模型中，models.evals 最佳的 ${p.model} 為 ${formatNumber(p.best * 100)}%。`,
  },
  'planner.first-token-below-physics': {
    en: (p: {
      target: string
      limitMs: number
      floorMs: number
      tokens: number
      model: string
      activeB: number
      count: number
      accelerator: string
    }) =>
      `${p.target}: ${formatNumber(p.limitMs)} ms are asked for. Reading ${formatNumber(p.tokens)} tokens takes ${p.model} 2 x ${formatNumber(p.activeB)} billion operations each: at least ${formatNumber(p.floorMs)} ms at the full rate of ${p.count} x ${p.accelerator}.`,
    'zh-TW': (p) =>
      `${p.target}：要求 ${formatNumber(p.limitMs)} ms。${p.model} 讀取 ${formatNumber(p.tokens)} 個詞元，每個需 2 × ${formatNumber(p.activeB)}B 次運算：${p.count} 張 ${p.accelerator} 以峰值速率至少要 ${formatNumber(p.floorMs)} ms。`,
  },
  'planner.token-below-physics': {
    en: (p: {
      target: string
      limitMs: number
      floorMs: number
      model: string
      activeB: number
      count: number
      accelerator: string
    }) =>
      `${p.target}: ${formatNumber(p.limitMs)} ms a token are asked for. A token reads the ${formatNumber(p.activeB)} billion active weights of ${p.model}: in four bits at least ${formatNumber(p.floorMs)} ms from ${p.count} x ${p.accelerator}.`,
    'zh-TW': (p) =>
      `${p.target}：要求每個詞元 ${formatNumber(p.limitMs)} ms。每個詞元要讀取 ${p.model} 的 ${formatNumber(p.activeB)}B 活躍權重：以四位元、${p.count} 張 ${p.accelerator} 至少要 ${formatNumber(p.floorMs)} ms。`,
  },
  'planner.answer-below-physics': {
    en: (p: {
      target: string
      limitMs: number
      floorMs: number
      tokens: number
      model: string
      activeB: number
      count: number
      accelerator: string
    }) =>
      `${p.target}: ${formatMs(p.limitMs)} are asked for. An answer of ${counted(p.tokens, 'token')} reads the ${formatNumber(p.activeB)} billion active weights of ${p.model} for each but the first: in four bits at least ${formatMs(p.floorMs)} from ${p.count} x ${p.accelerator}.`,
    'zh-TW': (p) =>
      `${p.target}：要求 ${formatMs(p.limitMs)}。${formatNumber(p.tokens)} 個詞元的回答，除首個外每個都要讀取 ${p.model} 的 ${formatNumber(p.activeB)}B 活躍權重：以四位元、${p.count} 張 ${p.accelerator} 至少要 ${formatMs(p.floorMs)}。`,
  },
  'planner.budget-below-replica': {
    en: (p: {
      budgetUsd: number
      leastUsd: number
      model: string
      accelerators: number
      accelerator: string
      provider: string
      replicas: number
    }) =>
      `${formatUsd(p.budgetUsd)} a month is less than ${counted(p.replicas, 'replica')} that always ${agreeing(p.replicas, 'runs', 'run')}: the smallest allowed model, ${p.model}, in four bits takes ${p.accelerators} x ${p.accelerator} (${p.provider}), ${formatUsd(p.leastUsd)}. availability.scaleToZero would let nothing run in empty hours.`,
    'zh-TW': (p) =>
      `每月 ${formatUsd(p.budgetUsd)} 低於持續運行 ${p.replicas} 份副本的費用：最小的可用模型 ${p.model} 以四位元需 ${p.accelerators} 張 ${p.accelerator}（${p.provider}），${formatUsd(p.leastUsd)}。若允許 availability.scaleToZero，離峰時段可全部停機。`,
  },
})

export const conflictMessage = messageFactory(conflictMessages)
