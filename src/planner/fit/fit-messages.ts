// What `design fit` remarks, in both languages, with its numbers.

import { defineMessages, formatNumber, messageFactory } from '../../core/index.js'

const n = (value: number) => formatNumber(value)
const gib = (value: number) => formatNumber(value, 3)

const cc = (capability: number) => capability.toFixed(1)

export interface TooOld {
  readonly engine: string
  readonly subject: 'engine' | 'weights' | 'w8a8' | 'awq' | 'fp8-cache' | 'fp8-cache-by-triton'
  readonly format: string
  readonly least: number
  readonly card: string
  readonly capability: number
  readonly refused: boolean
}

const subjects = {
  en: (subject: TooOld['subject'], format: string) =>
    ({
      engine: '',
      weights: ` for ${format} weights`,
      w8a8: ' for int8 weights with int8 activations (W8A8), though not for GPTQ',
      awq: ' for AWQ, though not for GPTQ',
      'fp8-cache': ' for an fp8 (e4m3) KV cache',
      'fp8-cache-by-triton': ' for an fp8 (e4m3) KV cache, unless FlashInfer is installed',
    })[subject],
  'zh-TW': (subject: TooOld['subject'], format: string) =>
    ({
      engine: '',
      weights: `的 ${format} 權重`,
      w8a8: '的 int8 權重與啟用值（W8A8，GPTQ 除外）',
      awq: '的 AWQ（GPTQ 除外）',
      'fp8-cache': '的 fp8（e4m3）KV 快取',
      'fp8-cache-by-triton': '的 fp8（e4m3）KV 快取（已安裝 FlashInfer 者除外）',
    })[subject],
} as const

export interface CutBlock {
  readonly module: string
  readonly width: number
  readonly blockWidth: number
  readonly engine: string
  readonly precision: string
  /** Mixture whose experts are cut. */
  readonly experts: boolean
  /** That the checkpoint is stored in blocks. */
  readonly certain: boolean
  readonly known: 'refused' | 'if-blocks' | 'unknown'
}

/** Releases as they were last seen to refuse. */
const refusals = {
  en: {
    refused: (engine: string) =>
      `${engine} refuses to load it, in every release so far (last seen in ${lastRefused(engine)}).`,
    'if-blocks': (engine: string) => `${engine} refuses to load such a checkpoint.`,
    unknown: (engine: string) =>
      `vLLM and SGLang refuse to load it; whether ${engine} does is not published.`,
  },
  'zh-TW': {
    refused: (engine: string) => `至今所有 ${engine} 版本都拒絕載入（最近一次見於 ${lastRefused(engine)}）。`,
    'if-blocks': (engine: string) => `${engine} 會拒絕載入這種檢查點。`,
    unknown: (engine: string) => `vLLM 與 SGLang 會拒絕載入；${engine} 是否如此並無公開資料。`,
  },
} as const

/** vLLM: pull request 58152 (2026-09-22, open) on main; SGLang: a public report of 0.5.10.post1. */
const lastRefused = (engine: string) => (engine === 'sglang' ? '0.5.10' : '2026-09')

/** Layouts near the one that was asked for. */
const possible = {
  en: ({ possible: near }: { readonly possible: readonly number[] }) =>
    ` Use ${near.map((each) => `--tp ${each}`).join(' or ')}.`,
  'zh-TW': ({ possible: near }: { readonly possible: readonly number[] }) =>
    `請改用 ${near.map((each) => `--tp ${each}`).join(' 或 ')}。`,
} as const

export const fitMessages = defineMessages({
  'fit.heads-not-divided': {
    en: (p: { heads: number; tensorParallel: number; possible: readonly number[] }) =>
      `${p.heads} attention heads cannot be divided by tensor parallelism ${p.tensorParallel}.${possible.en(p)}`,
    'zh-TW': (p) => `${p.heads} 個注意力頭無法以張量平行 ${p.tensorParallel} 整除。${possible['zh-TW'](p)}`,
  },
  'fit.kv-heads-not-divided': {
    en: (p: { kvHeads: number; tensorParallel: number; possible: readonly number[] }) =>
      `${p.kvHeads} KV heads can neither be divided by tensor parallelism ${p.tensorParallel}, nor copied evenly.${possible.en(p)}`,
    'zh-TW': (p) =>
      `${p.kvHeads} 個 KV 頭既無法以張量平行 ${p.tensorParallel} 整除，也無法平均複製。${possible['zh-TW'](p)}`,
  },
  'fit.vocabulary-not-divided': {
    en: (p: { vocabulary: number; tensorParallel: number }) =>
      `A vocabulary of ${n(p.vocabulary)} cannot be divided by tensor parallelism ${p.tensorParallel}.`,
    'zh-TW': (p) => `詞彙表 ${n(p.vocabulary)} 無法以張量平行 ${p.tensorParallel} 整除。`,
  },
  'fit.block-cut': {
    en: (p: CutBlock) =>
      `${!p.certain ? `If the ${p.precision} checkpoint shares its scales in ${p.precision === 'fp8' ? `blocks of ${p.blockWidth} x ${p.blockWidth} (DeepSeek, Qwen and MiniMax publish such)` : `groups of ${p.blockWidth} inputs (AWQ and GPTQ usually do) that were not padded`}, an` : 'An'} accelerator would hold ${p.width} of ${p.module}, which is no multiple of the ${p.blockWidth} that share a scale: ${refusals.en[p.known](p.engine)} ${p.experts ? 'Keep experts whole (--ep), or use' : 'Use'} less tensor parallelism.`,
    'zh-TW': (p) =>
      `${!p.certain ? `若此 ${p.precision} 檢查點以 ${p.precision === 'fp8' ? `${p.blockWidth} x ${p.blockWidth} 區塊共用縮放值（DeepSeek、Qwen、MiniMax 皆如此）` : `每 ${p.blockWidth} 個輸入為一組共用縮放值（AWQ、GPTQ 通常如此）且未補齊`}，則` : ''}單一加速器會持有 ${p.module} 的 ${p.width}，不是共用縮放值的 ${p.blockWidth} 的倍數：${refusals['zh-TW'][p.known](p.engine)}${p.experts ? '請讓專家保持完整（--ep），或' : '請'}降低張量平行。`,
  },
  'fit.card-too-old': {
    en: (p: TooOld) =>
      `${p.engine} needs compute capability ${cc(p.least)} or more${subjects.en(p.subject, p.format)}; ${p.card} has ${cc(p.capability)}${p.refused ? ': it does not start.' : '.'}`,
    'zh-TW': (p) =>
      `${p.engine} ${subjects['zh-TW'](p.subject, p.format)}需要運算能力 ${cc(p.least)} 以上；${p.card} 為 ${cc(p.capability)}${p.refused ? '：無法啟動。' : '。'}`,
  },
  'fit.nvfp4-cache': {
    en: (p: { engine: string; card: string; capability: number; refused: boolean }) =>
      `${p.engine} keeps an nvfp4 KV cache on chips of compute capability 10.x alone (B200, B300); ${p.card} has ${cc(p.capability)}${p.refused ? ': it does not start.' : ', on which nobody reported it.'}`,
    'zh-TW': (p) =>
      `${p.engine} 只在運算能力 10.x 的晶片（B200、B300）支援 nvfp4 KV 快取；${p.card} 為 ${cc(p.capability)}${p.refused ? '：無法啟動。' : '，尚無人回報可用。'}`,
  },
  'fit.no-bf16': {
    en: (p: { card: string; asks: boolean }) =>
      `${p.card} does not compute in bf16: ${p.asks ? 'this release refuses a bf16 checkpoint unless told --dtype half' : 'the engine falls back to half precision'}; models trained in bf16 can overflow in it.`,
    'zh-TW': (p) =>
      `${p.card} 不支援 bf16：${p.asks ? '此版本除非指定 --dtype half，否則拒絕 bf16 檢查點' : '引擎會退回半精度'}；以 bf16 訓練的模型可能溢位。`,
  },
  'fit.format-unknown': {
    en: (p: { engine: string; format: string }) => `${p.engine} has no ${p.format}: it does not start.`,
    'zh-TW': (p) => `${p.engine} 沒有 ${p.format}：無法啟動。`,
  },
  'fit.cache-unknown': {
    en: (p: { engine: string; format: string; instead: string }) =>
      `${p.engine} has no ${p.format} cache: it does not start. Use --kv-dtype ${p.instead}.`,
    'zh-TW': (p) => `${p.engine} 沒有 ${p.format} 快取：無法啟動。請改用 --kv-dtype ${p.instead}。`,
  },
  'fit.gguf-experimental': {
    en: (p: { engine: string; format: string }) =>
      `${p.engine} reads GGUF files (${p.format}) as an experiment only; they are made for llama.cpp.`,
    'zh-TW': (p) => `${p.engine} 只實驗性地支援 GGUF 檔（${p.format}）；這種格式是給 llama.cpp 用的。`,
  },
  'fit.gguf-alone': {
    en: (p: { format: string }) =>
      `llama.cpp reads GGUF files, which have no ${p.format}: it does not start. Name the type of the file with --quantization (q8_0, q4_k_m, ...).`,
    'zh-TW': (p) =>
      `llama.cpp 讀取 GGUF 檔，其中沒有 ${p.format}：無法啟動。請以 --quantization 指定檔案的類型（q8_0、q4_k_m 等）。`,
  },
  'fit.other-vendor': {
    en: (p: { engine: string; card: string; refused: boolean }) =>
      p.refused
        ? `${p.engine} runs on NVIDIA cards alone: it does not start on ${p.card}.`
        : `No release of ${p.engine} for ${p.card} was read about: its rules for other cards are used.`,
    'zh-TW': (p) =>
      p.refused
        ? `${p.engine} 只能在 NVIDIA 卡上執行：在 ${p.card} 上無法啟動。`
        : `沒有 ${p.engine} 用於 ${p.card} 的版本資料：以其他卡的規則計算。`,
  },
  'fit.not-sparse-latent': {
    en: (p: { model: string }) =>
      `fp8_ds_mla is a layout of sparse latent attention (DeepSeek-V3.2 and later), which ${p.model} does not have: it does not start. Use fp8.`,
    'zh-TW': (p) =>
      `fp8_ds_mla 是稀疏潛在注意力（DeepSeek-V3.2 起）的排列方式，${p.model} 沒有這種注意力：無法啟動。請改用 fp8。`,
  },
  'fit.more-stages-than-layers': {
    en: (p: { stages: number; layers: number }) =>
      `${p.stages} pipeline stages for ${p.layers} layers: a stage would have none.`,
    'zh-TW': (p) => `${p.layers} 層卻要 ${p.stages} 個管線階段：會有階段分不到任何一層。`,
  },
  'fit.count-contradicts': {
    en: (p: { count: number; needed: number }) =>
      `The layout needs a multiple of ${p.needed} accelerators, but ${p.count} were given.`,
    'zh-TW': (p) => `此配置需要 ${p.needed} 的倍數個加速器，但只給了 ${p.count} 個。`,
  },
  'fit.context-beyond-model': {
    en: (p: { asked: number; context: number; refused: boolean }) =>
      `max-model-len ${n(p.asked)} is longer than the ${n(p.context)} tokens the model reads; ${p.refused ? 'the engine refuses to start' : 'the engine starts, but answers beyond them mean nothing'}.`,
    'zh-TW': (p) =>
      `max-model-len ${n(p.asked)} 超過模型可讀的 ${n(p.context)} 個詞元；${p.refused ? '引擎會拒絕啟動' : '引擎會啟動，但超出部分的回答沒有意義'}。`,
  },
  'fit.length-clamped': {
    en: (p: { engine: string; length: number; context: number }) =>
      `${p.engine} starts, but takes requests of ${n(p.length)} tokens at most, not the ${n(p.context)} that the model reads.${p.engine === 'llama.cpp' ? ' Builds that do not fit the context to the card by themselves stop instead: give --max-model-len (their -c).' : ''}`,
    'zh-TW': (p) =>
      `${p.engine} 能啟動，但至多接受 ${n(p.length)} 個詞元的請求，而非模型可讀的 ${n(p.context)} 個。${p.engine === 'llama.cpp' ? '不會自動縮短上下文的版本則會停止：請指定 --max-model-len（即 -c）。' : ''}`,
  },
  'fit.step-below-length': {
    en: (p: { step: number; length: number }) =>
      `Without chunked prefill a whole prompt must fit in one step: max-num-batched-tokens ${n(p.step)} is below max-model-len ${n(p.length)}.`,
    'zh-TW': (p) =>
      `未啟用分塊預填時，整個提示須在一步內完成：max-num-batched-tokens ${n(p.step)} 小於 max-model-len ${n(p.length)}。`,
  },
  'fit.step-below-sequences': {
    en: (p: { tokens: number; sequences: number }) =>
      `max-num-batched-tokens ${n(p.tokens)} is below max-num-seqs ${n(p.sequences)}: the engine refuses to start. Lower --max-num-seqs to ${n(p.tokens)}, or raise --max-num-batched-tokens.`,
    'zh-TW': (p) =>
      `max-num-batched-tokens ${n(p.tokens)} 小於 max-num-seqs ${n(p.sequences)}：引擎會拒絕啟動。請將 --max-num-seqs 降至 ${n(p.tokens)}，或提高 --max-num-batched-tokens。`,
  },
  'fit.no-experts': {
    en: (p: { model: string; engine: string; refused: boolean }) =>
      `${p.model} has no experts to spread: ${p.refused ? `${p.engine} refuses to start with expert parallelism` : 'expert parallelism changes nothing'}. Leave --ep out.`,
    'zh-TW': (p) =>
      `${p.model} 沒有可分散的專家：${p.refused ? `${p.engine} 會拒絕以專家平行啟動` : '專家平行沒有作用'}。請拿掉 --ep。`,
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
      `在此負載下推測解碼使詞元速度為 ${formatNumber(p.gain, 2)} 倍${p.gain < 1 ? '（比不用更慢）' : ''}，接受率${p.assumed ? '假設' : '為'} ${p.acceptance}，並占用快取的 ${formatNumber(p.kvShare * 100, 2)}%。`,
  },
  'fit.acceptance-assumed': {
    en: (p: { method: string; tokens: number; value: number; low: number; high: number; source: string }) =>
      `No acceptance was given: ${p.value} is assumed for ${p.method}, and ${p.low} to ${p.high} for the range, as published (${p.source}). It depends on what is written: give your own as ${p.method}:${p.tokens}:X.`,
    'zh-TW': (p) =>
      `未提供接受率：${p.method} 依公開數據（${p.source}）假設為 ${p.value}，範圍以 ${p.low} 至 ${p.high} 計。它取決於所寫的文字：請以 ${p.method}:${p.tokens}:X 提供您量測的值。`,
  },
  'fit.slices-joined': {
    en: (p: { card: string }) =>
      `${p.card} is a slice: NCCL before August 2026 does not spread a model over slices, and newer releases do so as an experiment, through the host. Use one larger slice or a whole card.`,
    'zh-TW': (p) =>
      `${p.card} 是分割後的一部分：2026 年 8 月之前的 NCCL 無法將模型分散到多個分割，更新的版本也只是實驗性地經由主機支援。請改用較大的分割或整張卡。`,
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
      `KV 型別不影響線性層的狀態：一個滿長請求需要 16 位元快取的 ${formatNumber(p.share * 100, 3)}%，而非一半。`,
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
      `會載入全部 ${formatNumber(p.totalB * 10)} 億個參數，而非只有每個詞元用到的 ${formatNumber(p.activeB * 10)} 億個。`,
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
  'fit.engine-not-measured': {
    en: (p: { engine: string; from: string | null }) =>
      `No run of ${p.engine} was among those the speed is predicted from: its step times are ${p.from === null ? 'rough figures' : `those of ${p.from}`}, and the ranges are widened. A load test of your own counts for more (design calibrate).`,
    'zh-TW': (p) =>
      `速度預測所依據的實測中沒有 ${p.engine}：其每步時間${p.from === null ? '為粗略值' : `借用 ${p.from} 的數值`}，範圍因此放寬。以自己的負載測試校準（design calibrate）更可靠。`,
  },
  'fit.card-not-measured': {
    en: (p: { card: string }) =>
      `No run on ${p.card} was among those the speed is predicted from: its peak rates are known, the shares reached are those of other cards, and the ranges are widened.`,
    'zh-TW': (p) =>
      `速度預測所依據的實測中沒有 ${p.card}：已知其峰值，但實際可達比例取自其他卡，範圍因此放寬。`,
  },
  'fit.no-token-gap': {
    en: (_p: Record<string, never>) =>
      'An answer of one token has no time between tokens, so none is predicted; the time to first token is the whole of it.',
    'zh-TW': () => '只有一個詞元的回答沒有詞元間隔，因此不預測；首個詞元的時間即為全部。',
  },
  'fit.release-not-read': {
    en: (p: { engine: string; version: string; newest: string }) =>
      `${p.engine} ${p.version} is newer than any release whose rules are known here (${p.newest}); its rules are assumed.`,
    'zh-TW': (p) => `${p.engine} ${p.version} 比此處已知規則的版本（${p.newest}）都新；以該版本的規則代替。`,
  },
  'fit.speed-unknown': {
    en: (p: { card: string }) => `No speed: the catalogue does not know the rates of ${p.card}.`,
    'zh-TW': (p) => `無法預測速度：目錄沒有 ${p.card} 的運算與頻寬數據。`,
  },
  'fit.saturated': {
    en: (p: { asked: number; most: number }) =>
      `${formatNumber(p.asked, 3)} requests/s are more than this deployment keeps up with. At about ${formatNumber(p.most, 3)} a place is free 95 % of the time; figures are for that rate.`,
    'zh-TW': (p) =>
      `每秒 ${formatNumber(p.asked, 3)} 個請求超過此部署跟得上的量。約 ${formatNumber(p.most, 3)} 個時，95% 的時間仍有空位；數字以此計。`,
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
