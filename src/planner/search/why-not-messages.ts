// Why a candidate that meets everything was not chosen, in both languages, with the numbers that decided.

import { counted, defineMessages, formatNumber, formatUsd, messageFactory } from '../../core/index.js'
import type { Objectives } from './objectives.js'

const basisNames = {
  en: {
    calibrated: 'those of your own load tests',
    measured: 'those of measured runs',
    published: 'published ones',
    similar: 'carried over from similar hardware',
    assumed: 'assumed',
  },
  'zh-TW': {
    calibrated: '來自您的負載測試',
    measured: '來自實測',
    published: '來自公開資料',
    similar: '由相近硬體推得',
    assumed: '為假設值',
  },
} as const
type Basis = keyof (typeof basisNames)['en']
const scoreText = (score: number | null) => (score === null ? '?' : formatNumber(score))
const objectiveLabels = {
  en: { costPerMonthUsd: 'cost', latencyMs: 'latency', qualityLost: 'quality', risk: 'risk' },
  'zh-TW': { costPerMonthUsd: '費用', latencyMs: '延遲', qualityLost: '品質', risk: '風險' },
} as const
/** The target that candidates are compared by. */
export interface Tightest {
  readonly target: string
  readonly isSpeed: boolean
}
type Objective = keyof (typeof objectiveLabels)['en']
/** Of a target that asks for a speed, the speed. */
const latencyText = ({ latencyMs }: Objectives, { target, isSpeed }: Tightest) =>
  isSpeed ? `${target} ${formatNumber(1000 / latencyMs)} tokens/s` : `${target} ${formatNumber(latencyMs)} ms`
const objectivesText = (at: Objectives, tightest: Tightest) =>
  `${formatUsd(at.costPerMonthUsd)} a month, ${latencyText(at, tightest)}, MMLU-Pro ${formatNumber(100 - at.qualityLost)}, risk ${formatNumber(at.risk)}`
const objectivesTextZh = (at: Objectives, tightest: Tightest) =>
  `每月 ${formatUsd(at.costPerMonthUsd)}、${latencyText(at, tightest)}、MMLU-Pro ${formatNumber(100 - at.qualityLost)}、風險 ${formatNumber(at.risk)}`

export const whyNotMessages = defineMessages({
  'planner.not-considered': {
    en: (p: { id: string; nearest: string | null }) =>
      `${p.id} was not considered${p.nearest === null ? '' : `; the nearest that was is ${p.nearest}`}.`,
    'zh-TW': (p) => `沒有比較過 ${p.id}${p.nearest === null ? '' : `；最接近的是 ${p.nearest}`}。`,
  },
  'planner.half-kv-needless': {
    en: (p: { plain: string; replicas: number }) =>
      `A KV cache in fp8 cannot save a replica: ${p.plain} needs ${p.replicas} for the prompts alone.`,
    'zh-TW': (p) => `以 fp8 存放 KV 快取無法減少副本：${p.plain} 光是處理提示就需要 ${p.replicas} 份。`,
  },
  'planner.layout-needless': {
    en: (p: { plain: string; accelerators: number }) =>
      `Stages or attention groups over more accelerators cannot cost less: ${p.plain} carries the peak in one replica, ${counted(p.accelerators, 'accelerator')} in all.`,
    'zh-TW': (p) =>
      `以更多加速卡分階段或分組不會更便宜：${p.plain} 以一份副本即可承載尖峰，共 ${p.accelerators} 張加速卡。`,
  },
  'planner.is-chosen': {
    en: (p: { id: string }) => `${p.id} is the one that was chosen.`,
    'zh-TW': (p) => `${p.id} 就是選定的方案。`,
  },
  'planner.dearer': {
    /** `packed`: small models on its accelerators, or on those of the choice, cost nothing elsewhere. */
    en: (p: { times: number; chosen: string; costUsd: number; chosenUsd: number; packed: boolean }) =>
      p.times > 0
        ? `Meets everything, at ${formatNumber(p.times, 3)} times the cost of ${p.chosen} (${formatUsd(p.costUsd)} against ${formatUsd(p.chosenUsd)} a month${p.packed ? ', less what models that share the cards would cost elsewhere' : ''}).`
        : `Meets everything, for ${formatUsd(p.costUsd)} a month, where ${p.chosen} costs nothing more.`,
    'zh-TW': (p) =>
      p.times > 0
        ? `符合全部需求，但費用是 ${p.chosen} 的 ${formatNumber(p.times, 3)} 倍（每月 ${formatUsd(p.costUsd)} 對 ${formatUsd(p.chosenUsd)}${p.packed ? '，已扣除共用加速卡的模型在他處的費用' : ''}）。`
        : `符合全部需求，每月 ${formatUsd(p.costUsd)}，而 ${p.chosen} 不需額外費用。`,
  },
  'planner.needs-making': {
    en: (p: { checkpoint: string; times: number }) =>
      `Meets everything${p.times > 0 ? `, at ${formatNumber(p.times, 2)} times the cost` : ''}, but ${p.checkpoint} has to be made and evaluated first.`,
    'zh-TW': (p) =>
      `符合全部需求${p.times > 0 ? `，費用為 ${formatNumber(p.times, 2)} 倍` : ''}，但 ${p.checkpoint} 必須先製作並評測。`,
  },
  'planner.needs-pools': {
    en: (p: {
      chosen: string
      prefillReplicas: number
      decodeReplicas: number
      kvTransferMs: number
      times: number
    }) =>
      `Meets everything at ${formatNumber(p.times, 3)} times the cost of ${p.chosen}, with ${counted(p.prefillReplicas, 'replica')} for prompts and ${p.decodeReplicas} for answers, but needs a router between the pools and sends each cache in ${formatNumber(p.kvTransferMs)} ms.`,
    'zh-TW': (p) =>
      `符合全部需求，費用為 ${p.chosen} 的 ${formatNumber(p.times, 3)} 倍，以 ${p.prefillReplicas} 份副本處理提示、${p.decodeReplicas} 份產生回答；但兩組之間需要路由器，且每次傳送快取需 ${formatNumber(p.kvTransferMs)} ms。`,
  },
  'planner.less-good': {
    en: (p: { chosen: string; score: number | null; chosenScore: number | null }) =>
      `Meets everything at about the same cost; ${p.chosen} is expected to reach ${scoreText(p.chosenScore)} of MMLU-Pro, this ${scoreText(p.score)}.`,
    'zh-TW': (p) =>
      `符合全部需求且費用相近；但 ${p.chosen} 的 MMLU-Pro 預期為 ${scoreText(p.chosenScore)}，此方案為 ${scoreText(p.score)}。`,
  },
  'planner.less-sure-targets': {
    en: (p: { chosen: string; targets: number; chosenTargets: number }) =>
      `Meets everything at the same cost and quality, but the bad end of its range misses ${counted(p.targets, 'target')}; that of ${p.chosen} misses ${p.chosenTargets}.`,
    'zh-TW': (p) =>
      `符合全部需求，費用與品質相同，但其範圍的不利端有 ${p.targets} 項目標不符；${p.chosen} 為 ${p.chosenTargets} 項。`,
  },
  'planner.less-founded': {
    en: (p: { chosen: string; basis: Basis; chosenBasis: Basis }) =>
      `Meets everything at the same cost and quality, but its numbers are ${basisNames.en[p.basis]}; those of ${p.chosen} are ${basisNames.en[p.chosenBasis]}.`,
    'zh-TW': (p) =>
      `符合全部需求，費用與品質相同，但其數字${basisNames['zh-TW'][p.basis]}；${p.chosen} 的數字${basisNames['zh-TW'][p.chosenBasis]}。`,
  },
  'planner.more-hardware': {
    en: (p: {
      chosen: string
      accelerators: number
      chosenAccelerators: number
      stages: number
      chosenStages: number
    }) =>
      p.accelerators === p.chosenAccelerators
        ? `Meets everything with the same ${counted(p.accelerators, 'accelerator')}, in ${counted(p.stages, 'pipeline stage')} where ${p.chosen} has ${p.chosenStages}.`
        : `Meets everything at the same cost, with ${counted(p.accelerators, 'accelerator')} where ${p.chosen} needs ${p.chosenAccelerators}.`,
    'zh-TW': (p) =>
      p.accelerators === p.chosenAccelerators
        ? `符合全部需求，同樣用 ${p.accelerators} 張加速卡，但分成 ${p.stages} 個管線階段；${p.chosen} 為 ${p.chosenStages} 個。`
        : `符合全部需求，費用相同，但要 ${p.accelerators} 張加速卡；${p.chosen} 只要 ${p.chosenAccelerators} 張。`,
  },
  'planner.equal-otherwise': {
    en: (p: { chosen: string; engine: string; chosenEngine: string }) =>
      `Meets everything and equals ${p.chosen} in all that is compared; ${p.engine === p.chosenEngine ? 'only their names put one before the other.' : `${p.chosenEngine} goes before ${p.engine}, since more is measured of it.`}`,
    'zh-TW': (p) =>
      `符合全部需求，各項與 ${p.chosen} 相同；${p.engine === p.chosenEngine ? '僅依名稱排序。' : `僅因 ${p.chosenEngine} 的實測較多而排在 ${p.engine} 之前。`}`,
  },
  'planner.dominated': {
    en: (p: Tightest & { by: string; own: Objectives; other: Objectives }) =>
      `Dominated by ${p.by}, which is nowhere worse: ${objectivesText(p.other, p)}, against ${objectivesText(p.own, p)}.`,
    'zh-TW': (p) =>
      `${p.by} 各方面都不遜於它：${objectivesTextZh(p.other, p)}；此方案為${objectivesTextZh(p.own, p)}。`,
  },
  'planner.another-balance': {
    en: (
      p: Tightest & {
        chosen: string
        own: Objectives
        other: Objectives
        better: readonly Objective[]
      },
    ) =>
      `On the front: better in ${p.better.map((name) => objectiveLabels.en[name]).join(', ') || 'nothing that is asked for'} (${objectivesText(p.own, p)}) than ${p.chosen} (${objectivesText(p.other, p)}).`,
    'zh-TW': (p) =>
      `位於柏拉圖前緣：${p.better.map((name) => objectiveLabels['zh-TW'][name]).join('、') || '沒有任何要求的方面'}較佳（${objectivesTextZh(p.own, p)}），${p.chosen} 為（${objectivesTextZh(p.other, p)}）。`,
  },
})

export const whyNotMessage = messageFactory(whyNotMessages)
