// What `design fit` remarks, in both languages, with its numbers.

import { defineMessages, formatNumber, messageFactory } from '../../core/index.js'

const n = (value: number) => formatNumber(value)
const gib = (value: number) => formatNumber(value, 3)

export const fitMessages = defineMessages({
  'fit.heads-not-divided': {
    en: (p: { heads: number; tensorParallel: number }) =>
      `${p.heads} attention heads cannot be divided by tensor parallelism ${p.tensorParallel}.`,
    'zh-TW': (p) => `${p.heads} 個注意力頭無法以張量平行 ${p.tensorParallel} 整除。`,
  },
  'fit.vocabulary-not-divided': {
    en: (p: { vocabulary: number; tensorParallel: number }) =>
      `A vocabulary of ${n(p.vocabulary)} cannot be divided by tensor parallelism ${p.tensorParallel}.`,
    'zh-TW': (p) => `詞彙表 ${n(p.vocabulary)} 無法以張量平行 ${p.tensorParallel} 整除。`,
  },
  'fit.count-contradicts': {
    en: (p: { count: number; needed: number }) =>
      `The layout needs a multiple of ${p.needed} accelerators, but ${p.count} were given.`,
    'zh-TW': (p) => `此配置需要 ${p.needed} 的倍數個加速器，但只給了 ${p.count} 個。`,
  },
  'fit.context-beyond-model': {
    en: (p: { asked: number; context: number }) =>
      `max-model-len ${n(p.asked)} is longer than the ${n(p.context)} tokens the model reads; the engine refuses to start.`,
    'zh-TW': (p) => `max-model-len ${n(p.asked)} 超過模型可讀的 ${n(p.context)} 個詞元；引擎會拒絕啟動。`,
  },
  'fit.length-clamped': {
    en: (p: { engine: string; length: number; context: number }) =>
      `${p.engine} starts, but takes requests of ${n(p.length)} tokens at most, not the ${n(p.context)} that the model reads.`,
    'zh-TW': (p) =>
      `${p.engine} 能啟動，但至多接受 ${n(p.length)} 個詞元的請求，而非模型可讀的 ${n(p.context)} 個。`,
  },
  'fit.step-below-length': {
    en: (p: { step: number; length: number }) =>
      `Without chunked prefill a whole prompt must fit in one step: max-num-batched-tokens ${n(p.step)} is below max-model-len ${n(p.length)}.`,
    'zh-TW': (p) =>
      `未啟用分塊預填時，整個提示須在一步內完成：max-num-batched-tokens ${n(p.step)} 小於 max-model-len ${n(p.length)}。`,
  },
  'fit.load-beyond-context': {
    en: (p: { load: number; length: number }) =>
      `The load's requests are ${n(p.load)} tokens long, the engine takes ${n(p.length)}.`,
    'zh-TW': (p) => `負載的請求長 ${n(p.load)} 個詞元，引擎只接受 ${n(p.length)} 個。`,
  },
  'fit.prefix-beyond-input': {
    en: (p: { prefix: number; input: number }) =>
      `A prefix of ${n(p.prefix)} tokens cannot be part of a prompt of ${n(p.input)}.`,
    'zh-TW': (p) => `${n(p.prefix)} 個詞元的前綴不可能屬於只有 ${n(p.input)} 個詞元的提示。`,
  },
  'fit.queue': {
    en: (p: { asked: number; running: number; by: 'kv' | 'seqs' }) =>
      `${n(p.asked)} requests in flight, but ${n(p.running)} run at once (${p.by === 'kv' ? 'the KV cache is full' : 'max-num-seqs'}); the others wait.`,
    'zh-TW': (p) =>
      `同時有 ${n(p.asked)} 個請求，但只有 ${n(p.running)} 個能一起執行（${p.by === 'kv' ? 'KV 快取已滿' : 'max-num-seqs'}），其餘等候。`,
  },
  'fit.memory-is-not-speed': {
    en: (p: { concurrency: number; sequences: number }) =>
      `The cache holds ${formatNumber(p.concurrency)} requests of full length, but the engine runs ${n(p.sequences)} at most; memory is not service capacity: give --load for speed.`,
    'zh-TW': (p) =>
      `快取可容納 ${formatNumber(p.concurrency)} 個滿長請求，但引擎至多同時執行 ${n(p.sequences)} 個；記憶體容量不等於服務能力，請以 --load 評估速度。`,
  },
  'fit.prefix-exceeds-pool': {
    en: (p: { prefixTokens: number; poolTokens: number }) =>
      `The reused prefixes take ${n(p.prefixTokens)} tokens, more than the ${n(p.poolTokens)} that running requests leave of the cache: they are evicted before they are used again, and nothing is gained.`,
    'zh-TW': (p) =>
      `重複使用的前綴共 ${n(p.prefixTokens)} 個詞元，超過執行中請求所剩的 ${n(p.poolTokens)} 個：再次使用前就被逐出，沒有效益。`,
  },
  'fit.speculation': {
    en: (p: { gain: number; kvShare: number; acceptance: number; assumed: boolean }) =>
      `Drafting at this load makes tokens come ${formatNumber(p.gain, 2)} times as fast${p.gain < 1 ? ' (slower than without)' : ''}, at ${p.assumed ? 'an assumed' : 'the given'} acceptance of ${p.acceptance}, and takes ${formatNumber(p.kvShare * 100, 2)} % of the cache.`,
    'zh-TW': (p) =>
      `在此負載下推測解碼使詞元速度為 ${formatNumber(p.gain, 2)} 倍${p.gain < 1 ? '（比不用更慢）' : ''}，接受率${p.assumed ? '假設' : '為'} ${p.acceptance}，並占用快取的 ${formatNumber(p.kvShare * 100, 2)} %。`,
  },
  'fit.adapters': {
    en: (p: { count: number; rank: number; gib: number }) =>
      `${p.count} adapters of rank ${p.rank} take ${gib(p.gib)} GiB on each accelerator, and each runs as a batch of its own.`,
    'zh-TW': (p) => `${p.count} 個秩 ${p.rank} 的轉接器在每個加速器占 ${gib(p.gib)} GiB，且各自成批執行。`,
  },
  'fit.kv-heads-copied': {
    en: (p: { kvHeads: number; tensorParallel: number }) =>
      `${p.kvHeads} KV heads over tensor parallelism ${p.tensorParallel}: the cache is copied ${p.tensorParallel / p.kvHeads} times, not divided further.`,
    'zh-TW': (p) =>
      `${p.kvHeads} 個 KV 頭分給張量平行 ${p.tensorParallel}：快取複製 ${p.tensorParallel / p.kvHeads} 份，不再細分。`,
  },
  'fit.latent-not-divided': {
    en: (p: { tensorParallel: number }) =>
      `The latent (MLA) cache is on each of the ${p.tensorParallel} accelerators whole; only --dcp or --dp divides it.`,
    'zh-TW': (p) => `潛在（MLA）快取完整存在於 ${p.tensorParallel} 個加速器上；只有 --dcp 或 --dp 能分割。`,
  },
  'fit.dcp-not-possible': {
    en: (p: { dcp: number; most: number }) =>
      `--dcp ${p.dcp} is not possible here: at most ${p.most} (tensor parallelism over KV heads).`,
    'zh-TW': (p) => `此處無法使用 --dcp ${p.dcp}：至多 ${p.most}（張量平行除以 KV 頭數）。`,
  },
  'fit.kv-dtype-is-not-half': {
    en: (p: { share: number }) =>
      `The KV dtype does not touch the states of linear layers: a full request needs ${formatNumber(p.share * 100, 3)} % of the 16-bit cache, not half.`,
    'zh-TW': (p) =>
      `KV 型別不影響線性層的狀態：一個滿長請求需要 16 位元快取的 ${formatNumber(p.share * 100, 3)} %，而非一半。`,
  },
  'fit.windows-kept': {
    en: (p: { version: string }) =>
      `${p.version} keeps every token in sliding-window layers too; from vLLM 0.9.2 they give back what left the window.`,
    'zh-TW': (p) => `${p.version} 在滑動視窗層也保留所有詞元；自 vLLM 0.9.2 起才釋放視窗外的部分。`,
  },
  'fit.all-experts-loaded': {
    en: (p: { totalB: number; activeB: number }) =>
      `All ${formatNumber(p.totalB, 3)} billion parameters are loaded, not only the ${formatNumber(p.activeB, 3)} that a token uses.`,
    'zh-TW': (p) =>
      `會載入全部 ${formatNumber(p.totalB, 3)} 十億參數，而非只有每個詞元用到的 ${formatNumber(p.activeB, 3)} 十億。`,
  },
  'fit.model-bounded': {
    en: (p: { model: string }) =>
      `The parts of ${p.model} are not known exactly: weights and cache are put together from standard fields.`,
    'zh-TW': (p) => `${p.model} 的組成並不完全已知：權重與快取由標準欄位推得。`,
  },
  'fit.memory-assumed': {
    en: (p: { card: string; gib: number }) =>
      `${p.card}: ${gib(p.gib)} GiB usable is assumed; --gpu-memory-gib takes what the driver reports.`,
    'zh-TW': (p) =>
      `${p.card}：可用 ${gib(p.gib)} GiB 為假設值；可用 --gpu-memory-gib 指定驅動程式回報的數字。`,
  },
  'fit.speed-unknown': {
    en: (p: { card: string }) => `No speed: the catalogue does not know the rates of ${p.card}.`,
    'zh-TW': (p) => `無法預測速度：目錄沒有 ${p.card} 的運算與頻寬數據。`,
  },
  'fit.saturated': {
    en: (p: { asked: number; most: number }) =>
      `${formatNumber(p.asked, 3)} requests/s are more than can be served; about ${formatNumber(p.most, 3)} can. Figures are for the latter.`,
    'zh-TW': (p) =>
      `每秒 ${formatNumber(p.asked, 3)} 個請求超過可服務量，約 ${formatNumber(p.most, 3)} 個；以下數字以後者計。`,
  },
  'fit.not-native': {
    en: (p: { card: string; precision: string }) =>
      `${p.card} has no ${p.precision} units: weights are widened as they are read, which saves memory but not operations.`,
    'zh-TW': (p) => `${p.card} 沒有 ${p.precision} 運算單元：權重讀取時才放寬，省記憶體但不省運算。`,
  },
  'fit.little-left': {
    en: (p: { left: number; needed: number }) =>
      `Outside the engine's share ${gib(p.left)} GiB stay free; the driver's context and CUDA graphs need about ${gib(p.needed)}: it may run out of memory while it starts.`,
    'zh-TW': (p) =>
      `引擎份額之外只剩 ${gib(p.left)} GiB；驅動程式與 CUDA 圖約需 ${gib(p.needed)}，啟動時可能記憶體不足。`,
  },
  'fit.longer-may-fit': {
    en: (p: { length: number }) =>
      `This release measures itself with a whole prompt below ${n(p.length + 1)} tokens and in chunks above, so a longer max-model-len can fit where a shorter one does not; --enable-chunked-prefill does the same.`,
    'zh-TW': (p) =>
      `此版本在 ${n(p.length + 1)} 個詞元以下以整個提示量測，以上則分塊，因此較長的 max-model-len 反而可能放得下；啟用分塊預填效果相同。`,
  },
  'fit.cache-too-large': {
    en: (p: { cacheGiB: number; weightsGiB: number; cardGiB: number }) =>
      `A cache of ${gib(p.cacheGiB)} GiB and ${gib(p.weightsGiB)} GiB of weights are more than the ${gib(p.cardGiB)} GiB of the card.`,
    'zh-TW': (p) =>
      `${gib(p.cacheGiB)} GiB 的快取加上 ${gib(p.weightsGiB)} GiB 的權重，超過顯示卡的 ${gib(p.cardGiB)} GiB。`,
  },
  'fit.cache-given': {
    en: (_p: Record<string, never>) =>
      'With a fixed cache size the engine measures nothing: whether weights, peak and cache fit together is up to you.',
    'zh-TW': () => '固定快取大小時引擎不做量測：權重、峰值與快取是否放得下須自行確認。',
  },
})

export const fitMessage = messageFactory(fitMessages)
