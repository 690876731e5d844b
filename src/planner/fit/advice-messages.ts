// What to change when a model does not fit, in both languages, with its numbers.

import { defineMessages, formatNumber, messageFactory } from '../../core/index.js'

const n = (value: number) => formatNumber(value)
const gib = (value: number) => formatNumber(value, 3)

export interface Share {
  readonly utilisation: number
  readonly budgetGiB: number
  /** A larger share of the memory would be enough. */
  readonly raise: boolean
}

/** What can be done, as the end of a sentence. */
const either = {
  en: (ways: readonly string[]) => inEither(ways, ', ', ways.length > 2 ? ', or ' : ' or '),
  'zh-TW': (ways: readonly string[]) => inEither(ways, '、', '或'),
} as const

const inEither = (ways: readonly string[], comma: string, last: string): string =>
  [ways.slice(0, -1).join(comma), ...ways.slice(-1)].filter((part) => part !== '').join(last)

const raising = {
  en: ({ raise, utilisation }: Share) =>
    raise ? [`raise the share of the memory (--gpu-memory-utilization) from ${gib(utilisation)}`] : [],
  'zh-TW': ({ raise, utilisation }: Share) =>
    raise ? [`將記憶體使用比例（--gpu-memory-utilization）自 ${gib(utilisation)} 提高`] : [],
} as const

export const adviceMessages = defineMessages({
  'fit.advice-weights': {
    en: (p: Share & { weightsGiB: number; quantize: boolean }) =>
      `Weights and runtime need ${gib(p.weightsGiB)} GiB of an accelerator, the engine's share (${gib(p.utilisation)}) is ${gib(p.budgetGiB)} GiB: ${either.en(['divide them over more accelerators (--tp, --pp)', ...(p.quantize ? ['take quantized weights'] : []), ...raising.en(p)])}.`,
    'zh-TW': (p) =>
      `權重與執行環境在單一加速器上需要 ${gib(p.weightsGiB)} GiB，引擎的份額（${gib(p.utilisation)}）為 ${gib(p.budgetGiB)} GiB：請${either['zh-TW'](['分散到更多加速器（--tp、--pp）', ...(p.quantize ? ['改用量化權重'] : []), ...raising['zh-TW'](p)])}。`,
  },
  'fit.advice-step': {
    en: (p: Share & { peakGiB: number; tokens: number; sequences: number; vision: boolean }) =>
      `Beside the weights the run by which the engine measures itself takes ${gib(p.peakGiB)} GiB (${n(p.tokens)} tokens, ${n(p.sequences)} sequences${p.vision ? ', the largest picture or video' : ''}) and leaves nothing of ${gib(p.budgetGiB)} GiB: ${either.en([...(p.vision ? ['limit pictures and video (--limit-mm-per-prompt, --language-model-only)', 'lower max-model-len'] : ['lower --max-num-batched-tokens', 'lower --max-num-seqs']), ...raising.en(p)])}.`,
    'zh-TW': (p) =>
      `除權重外，引擎量測自身的那一步占 ${gib(p.peakGiB)} GiB（${n(p.tokens)} 個詞元、${n(p.sequences)} 個序列${p.vision ? '、最大的圖片或影片' : ''}），${gib(p.budgetGiB)} GiB 已無剩餘：請${either['zh-TW']([...(p.vision ? ['限制圖片與影片（--limit-mm-per-prompt、--language-model-only）', '降低 max-model-len'] : ['降低 --max-num-batched-tokens', '降低 --max-num-seqs']), ...raising['zh-TW'](p)])}。`,
  },
  'fit.advice-cache': {
    en: (
      p: Share & {
        cacheGiB: number
        neededGiB: number
        length: number
        longest: number
        narrow: string | null
      },
    ) =>
      `The cache gets ${gib(p.cacheGiB)} GiB, one request of ${n(p.length)} tokens needs ${gib(p.neededGiB)} GiB: ${either.en([...(p.longest > 0 ? [`lower --max-model-len to ${n(p.longest)} or less`] : []), ...(p.narrow === null ? [] : [`take a narrower cache (--kv-dtype ${p.narrow})`]), ...raising.en(p), 'use more accelerators'])}.${p.longest > 0 ? '' : ' No length fits as it is.'}`,
    'zh-TW': (p) =>
      `快取只有 ${gib(p.cacheGiB)} GiB，一個 ${n(p.length)} 詞元的請求需要 ${gib(p.neededGiB)} GiB：請${either['zh-TW']([...(p.longest > 0 ? [`將 --max-model-len 降至 ${n(p.longest)} 以下`] : []), ...(p.narrow === null ? [] : [`改用較窄的快取（--kv-dtype ${p.narrow}）`]), ...raising['zh-TW'](p), '增加加速器'])}。${p.longest > 0 ? '' : '目前任何長度都放不下。'}`,
  },
  'fit.advice-graphs': {
    en: (p: { graphsGiB: number; roomGiB: number; utilisation: number; lower: number }) =>
      `Capturing CUDA graphs takes about ${gib(p.graphsGiB)} GiB of each accelerator, which this release does not count in its share of the memory; ${gib(p.roomGiB)} are free beside it. Use --enforce-eager${p.lower > 0 ? `, or lower --gpu-memory-utilization from ${gib(p.utilisation)} to ${gib(p.lower)}` : ''}, or capture fewer sizes.`,
    'zh-TW': (p) =>
      `擷取 CUDA 圖約需每個加速器 ${gib(p.graphsGiB)} GiB，此版本並未計入其記憶體份額；份額之外只剩 ${gib(p.roomGiB)} GiB。請使用 --enforce-eager${p.lower > 0 ? `，或將 --gpu-memory-utilization 自 ${gib(p.utilisation)} 降至 ${gib(p.lower)}` : ''}，或減少擷取的尺寸。`,
  },
  'fit.state-blocks': {
    en: (p: { sequences: number; blocks: number }) =>
      `Each running sequence takes a block for the state of the linear layers, and the cache has ${n(p.blocks)}: vLLM refuses to capture graphs for ${n(p.sequences)} sequences. Lower --max-num-seqs to ${n(p.blocks)} or less.`,
    'zh-TW': (p) =>
      `每個執行中的序列需要一個區塊存放線性層狀態，而快取只有 ${n(p.blocks)} 個區塊：vLLM 拒絕為 ${n(p.sequences)} 個序列擷取圖。請將 --max-num-seqs 降至 ${n(p.blocks)} 以下。`,
  },
  'fit.release-too-old': {
    en: (p: { version: string; architecture: string; first: string; refused: boolean }) =>
      `vLLM ${p.version} does not know ${p.architecture}, which came with ${p.first}: ${p.refused ? 'it refuses, or loads experts undivided and runs out of memory' : 'it may run by way of Transformers, whose memory is not planned here'}. Use ${p.first} or newer.`,
    'zh-TW': (p) =>
      `vLLM ${p.version} 不認得 ${p.architecture}（${p.first} 起支援）：${p.refused ? '會拒絕載入，或不切分專家而耗盡記憶體' : '可能改走 Transformers 執行，其記憶體用量不在此規劃內'}。請使用 ${p.first} 或更新版本。`,
  },
})

export const adviceMessage = messageFactory(adviceMessages)
