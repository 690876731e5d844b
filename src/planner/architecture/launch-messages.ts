// Why each setting of a launch command is what it is, in both languages.

import { agreeing, counted, defineMessages, formatNumber, messageFactory } from '../../core/index.js'

type None = Record<never, never>

const gib = (value: number) => `${formatNumber(value, 3)} GiB`
const tokens = (value: number) => formatNumber(value, 6)

const parallel = {
  tensorParallel: { en: 'each layer is split over', 'zh-TW': '每一層分散到' },
  pipelineParallel: { en: 'the layers are divided into stages on', 'zh-TW': '各層分成數段，依序放在' },
  dataParallel: { en: 'attention runs in copies, one on each of', 'zh-TW': '注意力層各有一份，分別放在' },
  expertParallel: { en: 'whole experts are spread over', 'zh-TW': '各專家完整地分散到' },
  decodeContextParallel: { en: 'the cache of each sequence is split over', 'zh-TW': '每個序列的快取分散到' },
} as const
export type ParallelKind = keyof typeof parallel

export type PoolRole = 'prefill' | 'decode'

export interface Repository {
  readonly checkpoint: string
  readonly precision: string
  readonly kv: string
  readonly tensorParallel: number
  readonly pipelineParallel: number
  /** Arguments of the build that the plan counts on. */
  readonly build: string
  /** The command that fills the fields. */
  readonly fill: string
}

export const launchMessages = defineMessages({
  'planner.launch-model': {
    en: (p: { precision: string; build: string }) =>
      p.build === 'published'
        ? `Weights in ${p.precision} as they are published; the engine reads the format from the checkpoint.`
        : p.build === 'on-load'
          ? `The 16-bit checkpoint; the engine makes ${p.precision} of it while loading.`
          : `Weights in ${p.precision}, which have to be made and evaluated first.`,
    'zh-TW': (p) =>
      p.build === 'published'
        ? `採用已公開的 ${p.precision} 權重；引擎自行從檢查點讀取格式。`
        : p.build === 'on-load'
          ? `16 位元檢查點；引擎載入時轉為 ${p.precision}。`
          : `${p.precision} 權重，必須先製作並評測。`,
  },
  'planner.launch-name': {
    en: (_: None) => 'The name that `model` of this deployment asks for.',
    'zh-TW': () => '此部署的 model 所使用的名稱。',
  },
  'planner.launch-host': {
    en: (_: None) => 'Only the gateway on this machine may ask: keys, limits and guards are its.',
    'zh-TW': () => '只允許本機的閘道連線：金鑰、限制與防護都在閘道。',
  },
  'planner.launch-port': {
    en: (_: None) => 'The port of `address`.',
    'zh-TW': () => 'address 所用的連接埠。',
  },
  'planner.launch-context': {
    en: (p: { tokens: number; longest: number; isModelsLimit: boolean }) =>
      p.isModelsLimit
        ? `The longest request has ${tokens(p.longest)} tokens; the model reads ${tokens(p.tokens)}.`
        : `The longest request has ${tokens(p.longest)} tokens (P95 of prompt and answer, or what the requirements ask for), rounded up to 1,024. More would only leave less room for sequences.`,
    'zh-TW': (p) =>
      p.isModelsLimit
        ? `最長的請求為 ${tokens(p.longest)} 個詞元；模型上限為 ${tokens(p.tokens)}。`
        : `最長的請求為 ${tokens(p.longest)} 個詞元（提示與回答的 P95，或需求指定的長度），進位到 1,024 的倍數。再長只會壓縮可同時處理的序列數。`,
  },
  'planner.launch-memory-share': {
    en: (p: { share: number; totalGiB: number; weightsGiB: number; poolGiB: number }) =>
      `${formatNumber(p.share * 100)} % of ${gib(p.totalGiB)}: ${gib(p.weightsGiB)} weights and ${gib(p.poolGiB)} cache on each accelerator, the rest for activations and the runtime.`,
    'zh-TW': (p) =>
      `${gib(p.totalGiB)} 的 ${formatNumber(p.share * 100)}%：每張加速器 ${gib(p.weightsGiB)} 權重、${gib(p.poolGiB)} 快取，其餘供啟動值與執行環境使用。`,
  },
  'planner.launch-stage-model': {
    en: (_: None) => 'The encoder that the cost is worked out for.',
    'zh-TW': () => '費用所依據的編碼模型。',
  },
  'planner.launch-pooling': {
    en: (_: None) => 'It embeds or scores texts, and writes none.',
    'zh-TW': () => '用於嵌入或評分文字，不產生文字。',
  },
  'planner.launch-stage-share': {
    en: (p: { share: number; totalGiB: number }) =>
      `${formatNumber(p.share * 100, 3)} % of ${gib(p.totalGiB)} = ${gib(p.share * p.totalGiB)}: its weights and a GiB for its process. The chat model on the same card is told to take as much less.`,
    'zh-TW': (p) =>
      `${gib(p.totalGiB)} 的 ${formatNumber(p.share * 100, 3)}% = ${gib(p.share * p.totalGiB)}：其權重加上行程所需的 1 GiB。同一張卡上的對話模型則相應減少。`,
  },
  'planner.launch-stage-length': {
    en: (_: None) => 'A passage and a question; longer texts are cut into passages before.',
    'zh-TW': () => '一段文字加上問題；較長的文字會先切成段落。',
  },
  'planner.launch-free-share': {
    en: (p: { share: number; poolGiB: number }) =>
      `${formatNumber(p.share * 100)} % of what the weights leave free; the plan counts ${gib(p.poolGiB)} of cache on each accelerator.`,
    'zh-TW': (p) =>
      `權重之外可用記憶體的 ${formatNumber(p.share * 100)}%；規劃時每張加速器以 ${gib(p.poolGiB)} 快取計算。`,
  },
  'planner.launch-sequences': {
    en: (p: { sequences: number; poolGiB: number; isEnginesLimit: boolean }) =>
      p.isEnginesLimit
        ? `The engine's own limit for such an accelerator; ${gib(p.poolGiB)} of cache would hold more sequences of mean length.`
        : `What ${gib(p.poolGiB)} of cache holds at the mean length. More would be preempted and computed twice.`,
    'zh-TW': (p) =>
      p.isEnginesLimit
        ? `引擎在此類加速器上的上限；${gib(p.poolGiB)} 快取可容納更多平均長度的序列。`
        : `以平均長度計，${gib(p.poolGiB)} 快取可容納的序列數。再多就會被搶占並重算。`,
  },
  'planner.launch-concurrent': {
    en: (p: { concurrent: number; sequences: number }) =>
      `${formatNumber(p.sequences, 5)} run at once and as many may wait; beyond it the engine answers 429.`,
    'zh-TW': (p) => `同時執行 ${formatNumber(p.sequences, 5)} 個，另有等量可排隊；超過時引擎回應 429。`,
  },
  'planner.launch-batched-tokens': {
    en: (p: { tokens: number }) =>
      `Tokens of one step: the plan counts activations for ${tokens(p.tokens)}. Longer prompts are read in pieces.`,
    'zh-TW': (p) => `單一步驟的詞元數：規劃以 ${tokens(p.tokens)} 個詞元計算啟動值。較長的提示會分段讀取。`,
  },
  'planner.launch-chunked': {
    en: (_: None) => 'Long prompts are read in pieces between the steps of running answers, which wait less.',
    'zh-TW': () => '較長的提示分段讀取，穿插在進行中回答的步驟之間，減少等待。',
  },
  'planner.launch-prefix-cache': {
    en: (p: { tokens: number }) =>
      p.tokens > 0
        ? `${tokens(p.tokens)} tokens of each prompt are the same and are read once; predicted times count on it.`
        : 'The requirements name no shared beginning, so no prediction counts on it; where prompts do repeat, it saves their reading.',
    'zh-TW': (p) =>
      p.tokens > 0
        ? `每個提示有 ${tokens(p.tokens)} 個詞元相同，只讀取一次；預測時間已將此計入。`
        : '需求未指定共同的開頭，因此預測未計入；提示若有重複，可省去重讀。',
  },
  'planner.launch-kv-model': {
    en: (_: None) => 'The cache in the 16 bits that the memory plan counts.',
    'zh-TW': () => '快取採 16 位元，與記憶體規劃一致。',
  },
  'planner.launch-kv-fp8': {
    en: (_: None) =>
      'The cache in 8 bits, which the memory plan counts: half the bytes to hold and to read. Evaluate it on your task.',
    'zh-TW': () => '快取採 8 位元，與記憶體規劃一致：存放與讀取的位元組減半。請在您的任務上評測。',
  },
  'planner.launch-role': {
    en: (p: { role: PoolRole; replicas: number }) =>
      p.role === 'prefill'
        ? `Reads prompts and sends their cache to those that write: ${p.replicas} of them in the design.`
        : `Writes answers from the caches that it is sent: ${p.replicas} of them in the design.`,
    'zh-TW': (p) =>
      p.role === 'prefill'
        ? `讀取提示，並將快取傳給負責寫回答的副本：設計中共 ${p.replicas} 份。`
        : `以收到的快取寫出回答：設計中共 ${p.replicas} 份。`,
  },
  'planner.launch-transfer': {
    en: (_: None) => 'The library that sends caches; install it beside SGLang (nixl).',
    'zh-TW': () => '傳送快取所用的程式庫；請與 SGLang 一併安裝（nixl）。',
  },
  'planner.launch-bootstrap': {
    en: (_: None) => 'Where the two sides of a transfer meet; the router is told it.',
    'zh-TW': () => '傳送雙方會合的連接埠，路由器也使用它。',
  },
  'planner.launch-base-accelerator': {
    en: (p: { first: number }) =>
      `On this machine it takes the accelerators from number ${p.first} on: those before it read prompts. On a machine of its own: 0.`,
    'zh-TW': (p) => `在本機使用第 ${p.first} 張起的加速器：之前的負責讀取提示。若在另一台機器則為 0。`,
  },
  'planner.launch-router': {
    en: (_: None) =>
      "SGLang's router (pip install sglang-router): each request goes to one replica that reads and one that writes.",
    'zh-TW': () => 'SGLang 的路由器（pip install sglang-router）：每個請求送往一份讀取副本與一份寫入副本。',
  },
  'planner.launch-pool-member': {
    en: (p: { role: PoolRole; replicas: number }) =>
      `The ${p.role === 'prefill' ? 'reading' : 'writing'} replica on this machine${p.replicas > 1 ? `; add the flag once more for ${p.replicas === 2 ? 'the other one' : `each of the ${p.replicas - 1} others`}` : ''}.`,
    'zh-TW': (p) =>
      `本機的${p.role === 'prefill' ? '讀取' : '寫入'}副本${p.replicas > 1 ? `；其餘 ${p.replicas - 1} 份請各加一次此旗標` : ''}。`,
  },
  'planner.launch-quantize': {
    en: (p: { precision: string }) =>
      `The design is for ${p.precision} weights, and the engine makes them while loading.`,
    'zh-TW': (p) => `設計採用 ${p.precision} 權重，由引擎在載入時轉換。`,
  },
  'planner.launch-dtype': {
    en: (_: None) => 'What is not quantized stays in the 16 bits of the checkpoint.',
    'zh-TW': () => '未量化的部分維持檢查點的 16 位元。',
  },
  'planner.launch-parallel': {
    en: (p: { kind: ParallelKind; count: number }) =>
      p.count === 1
        ? 'The model fits one accelerator.'
        : `Of each replica, ${parallel[p.kind].en} ${counted(p.count, 'accelerator')}.`,
    'zh-TW': (p) =>
      p.count === 1
        ? '模型放得進一張加速器。'
        : `每份副本的${parallel[p.kind]['zh-TW']} ${p.count} 張加速器。`,
  },
  'planner.launch-speculation': {
    en: (p: { method: 'layer' | 'ngram'; tokens: number; acceptance: number }) =>
      `${counted(p.tokens, 'token')} ${agreeing(p.tokens, 'is', 'are')} drafted ${p.method === 'layer' ? "by the model's own drafting layer" : 'from the text before'} and checked together; predicted times count on the acceptance that was measured, ${formatNumber(p.acceptance)}.`,
    'zh-TW': (p) =>
      `由${p.method === 'layer' ? '模型自己的草稿層' : '前文'}預擬 ${p.tokens} 個詞元並一併驗證；預測時間依實測的接受率 ${formatNumber(p.acceptance)} 計入。`,
  },
  'planner.launch-offload': {
    en: (p: { gib: number }) =>
      `${gib(p.gib)} of the weights stay in the host's memory, since they do not fit the accelerator.`,
    'zh-TW': (p) => `加速器放不下，因此 ${gib(p.gib)} 權重留在主機記憶體。`,
  },
  'planner.launch-auto-tools': {
    en: (_: None) => 'Without it the engine refuses requests that leave the use of tools to the model.',
    'zh-TW': () => '沒有此項，引擎會拒絕由模型自行決定是否使用工具的請求。',
  },
  'planner.launch-tool-parser': {
    en: (p: { parser: string }) => `How this family of models writes tool calls: ${p.parser}.`,
    'zh-TW': (p) => `此系列模型的工具呼叫格式：${p.parser}。`,
  },
  'planner.launch-reasoning-parser': {
    en: (p: { parser: string }) =>
      `The model may reason: the parser ${p.parser} keeps its reasoning out of the answer.`,
    'zh-TW': (p) => `模型可能先推理：以 ${p.parser} 將推理與回答分開。`,
  },
  'planner.launch-thinking-off': {
    en: (_: None) =>
      'Hidden reasoning is off unless a request asks for it: neither times nor cost count its tokens.',
    'zh-TW': () => '除非請求要求，否則關閉隱藏推理：時間與費用都未計入其詞元。',
  },
  'planner.launch-repository': {
    en: (p: Repository) =>
      `Holds the engine built from ${p.checkpoint} in ${p.precision} with a ${p.kv} cache for ${p.tensorParallel} x ${p.pipelineParallel} ${agreeing(p.tensorParallel * p.pipelineParallel, 'accelerator', 'accelerators')} (tensor x pipeline): trtllm-build ${p.build}. It is a copy of inflight_batcher_llm; fill its fields before the start: ${p.fill}`,
    'zh-TW': (p) =>
      `存放由 ${p.checkpoint} 建置的 ${p.precision} 引擎（${p.kv} 快取），供 ${p.tensorParallel} x ${p.pipelineParallel} 張加速器（張量 x 管線）使用：trtllm-build ${p.build}。內容為 inflight_batcher_llm 的副本；啟動前先填入欄位：${p.fill}`,
  },
  'planner.launch-ranks': {
    en: (p: { count: number }) =>
      p.count === 1
        ? 'The filled files say everything.'
        : `The filled files say everything. ${p.count} processes, one an accelerator: the first answers, the others only load the engine.`,
    'zh-TW': (p) =>
      p.count === 1
        ? '設定全部在已填入的檔案中。'
        : `設定全部在已填入的檔案中。共 ${p.count} 個行程，每張加速器一個：第一個負責回應，其餘只載入引擎。`,
  },
  'planner.launch-field-needed': {
    en: (_: None) => 'The backend does not load without it.',
    'zh-TW': () => '缺少此欄位，後端無法載入。',
  },
  'planner.launch-no-delay': {
    en: (_: None) => 'A request joins the next step; none waits for others to come.',
    'zh-TW': () => '請求直接加入下一步，不等待其他請求。',
  },
  'planner.launch-queue': {
    en: (_: None) => 'No limit of its own: how many may wait is decided by the gateway.',
    'zh-TW': () => '不另設上限：可排隊的數量由閘道決定。',
  },
  'planner.launch-decoupled': {
    en: (_: None) => 'Needed for answers that come token by token.',
    'zh-TW': () => '逐詞元回應所必需。',
  },
  'planner.launch-inflight': {
    en: (_: None) => 'Requests join and leave the running batch at every step, as the prediction assumes.',
    'zh-TW': () => '請求在每一步都可加入或離開執行中的批次，與預測的假設一致。',
  },
  'planner.launch-shared-context': {
    en: (p: { tokens: number; slots: number; each: number }) =>
      p.tokens < p.slots * p.each
        ? `What the memory holds; ${p.slots} slots share it, and one request may take ${tokens(p.each)}.`
        : `${counted(p.slots, 'slot')} of ${tokens(p.each)} tokens, the longest request rounded up to 1,024.`,
    'zh-TW': (p) =>
      p.tokens < p.slots * p.each
        ? `記憶體的容量；由 ${p.slots} 個欄位共用，單一請求最多 ${tokens(p.each)} 個詞元。`
        : `${p.slots} 個欄位，各 ${tokens(p.each)} 個詞元，即最長請求進位到 1,024 的倍數。`,
  },
  'planner.launch-unified': {
    en: (_: None) =>
      'The slots share one cache; otherwise each would get an equal part, too short for a long request.',
    'zh-TW': () => '各欄位共用一份快取；否則平均分配後，較長的請求會放不下。',
  },
  'planner.launch-gpu-layers': {
    en: (_: None) => 'All layers on the accelerator: the memory plan says that they fit.',
    'zh-TW': () => '所有層都放在加速器上：記憶體規劃顯示放得下。',
  },
  'planner.launch-split-layers': {
    en: (p: { count: number }) => `The layers are divided over ${counted(p.count, 'accelerator')}.`,
    'zh-TW': (p) => `各層分配到 ${p.count} 張加速器。`,
  },
  'planner.launch-jinja': {
    en: (_: None) => "The model's own chat template, which its tool calls need.",
    'zh-TW': () => '使用模型自己的聊天範本，工具呼叫需要它。',
  },
  'planner.launch-metrics': {
    en: (_: None) => 'The gateway reads load and cache use from it.',
    'zh-TW': () => '閘道由此讀取負載與快取使用量。',
  },
})

export const launchMessage = messageFactory(launchMessages)
