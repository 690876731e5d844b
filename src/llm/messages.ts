// What can go wrong between a request and an engine, in both languages. An upstream's own words stand in `detail`,
// already free of secrets.

import { defineMessages, errorFactory, type Language } from '../core/index.js'

const phasesInChinese: Readonly<Record<TimeoutPhase, string>> = {
  connect: '建立連線',
  'first-content': '等待第一段內容',
  idle: '等待下一段資料',
  deadline: '整個請求',
}
const phases: Readonly<Record<TimeoutPhase, string>> = {
  connect: 'no connection',
  'first-content': 'no content',
  idle: 'no further data',
  deadline: 'no complete answer',
}

/** What an engine was waiting for; `deadline` is the caller's own limit. */
export type TimeoutPhase = 'connect' | 'first-content' | 'idle' | 'deadline'

const capabilities = {
  'tool-calls': { en: 'call tools', 'zh-TW': '呼叫工具' },
  json: { en: 'answer in JSON', 'zh-TW': '以 JSON 回答' },
  images: { en: 'read images', 'zh-TW': '讀取圖片' },
  'audio-input': { en: 'listen to audio', 'zh-TW': '讀取音訊' },
  'audio-output': { en: 'answer in anything but text', 'zh-TW': '以文字以外的形式回答' },
  'raw-texts': { en: 'go on writing a raw text', 'zh-TW': '接續原始文字' },
  'this-field': { en: 'do that', 'zh-TW': '做到這一點' },
  files: { en: 'read parts of this type', 'zh-TW': '讀取這種類型的內容' },
} satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>

/** What an engine may be unable to do. */
export type Capability = keyof typeof capabilities

/** What makes room for a longer prompt; a stand-in was trained on nothing. */
const longerContext = (p: { contextLength: number; trainedContextLength?: number }) => {
  const { contextLength, trainedContextLength: trained } = p
  if (trained === undefined) return { en: 'raise contextLength', 'zh-TW': '調高 contextLength' }
  return contextLength < trained
    ? {
        en: `raise contextLength: the model was trained on ${trained}`,
        'zh-TW': `調高 contextLength（模型訓練時的長度為 ${trained}）`,
      }
    : { en: 'use a model that was trained on longer texts', 'zh-TW': '改用以更長文字訓練的模型' }
}

export const llmMessages = defineMessages({
  'llm.not-capable': {
    en: (p: { deployment: string; field: string; capability: Capability }) =>
      `${p.deployment} cannot ${capabilities[p.capability].en}, which field ${p.field} asks for. Leave it out, or ask a model whose engine can.`,
    'zh-TW': (p) =>
      `欄位 ${p.field} 的要求無法達成：${p.deployment} 無法${capabilities[p.capability]['zh-TW']}。請移除該欄位，或改用引擎支援的模型。`,
  },
  'llm.completions-absent': {
    en: (p: { deployment: string; status: number }) =>
      `The server of ${p.deployment} has no /completions endpoint for raw texts (it answered ${p.status}). Send the text as a chat to /v1/chat/completions, or name a model whose server goes on writing raw texts, such as vLLM's.`,
    'zh-TW': (p) =>
      `部署 ${p.deployment} 的伺服器沒有接續原始文字的 /completions 端點（回覆 ${p.status}）。請將文字以對話送到 /v1/chat/completions，或改用伺服器能接續原始文字的模型，例如 vLLM。`,
  },
  'llm.request-unreadable': {
    en: (p: { field: string; expected: string }) =>
      `Field ${p.field} must be ${p.expected}. Correct the request.`,
    'zh-TW': (p) => `欄位 ${p.field} 必須是 ${p.expected}。請修正請求內容。`,
  },
  'llm.request-not-expressible': {
    en: (p: { field: string; dialect: string }) =>
      `Field ${p.field} cannot be expressed in ${p.dialect}. Leave it out, or use a route whose engine speaks the request's own API.`,
    'zh-TW': (p) =>
      `欄位 ${p.field} 無法以 ${p.dialect} 表達。請移除該欄位，或改用與請求相同 API 的引擎路由。`,
  },
  'llm.address-missing': {
    en: (p: { deployment: string }) =>
      `Deployment ${p.deployment} has no address. Add the base URL of its server, for example http://127.0.0.1:8000/v1.`,
    'zh-TW': (p) => `部署 ${p.deployment} 沒有位址。請填入伺服器的基底網址，例如 http://127.0.0.1:8000/v1。`,
  },
  'llm.upstream-unreachable': {
    en: (p: { deployment: string; address: string; reason: string }) =>
      `Deployment ${p.deployment} at ${p.address} could not be reached (${p.reason}). Check that its server runs and that the address is right.`,
    'zh-TW': (p) =>
      `無法連線到部署 ${p.deployment}（${p.address}，${p.reason}）。請確認伺服器正在執行，且位址正確。`,
  },
  'llm.upstream-timeout': {
    en: (p: { deployment: string; phase: TimeoutPhase; limitMs: number }) =>
      `Deployment ${p.deployment} gave ${phases[p.phase]} within ${p.limitMs} ms. Raise the limit in its timeouts, or relieve the server.`,
    'zh-TW': (p) =>
      `部署 ${p.deployment} 在「${phasesInChinese[p.phase]}」階段超過 ${p.limitMs} 毫秒。請調高該部署的逾時設定，或減輕伺服器負載。`,
  },
  'llm.upstream-status': {
    en: (p: UpstreamFailure & { status: number }) =>
      `Deployment ${p.deployment} answered with status ${p.status}: ${p.detail}`,
    'zh-TW': (p) => `部署 ${p.deployment} 回應狀態碼 ${p.status}：${p.detail}`,
  },
  'llm.upstream-error': {
    en: (p: UpstreamFailure) => `Deployment ${p.deployment} reported an error: ${p.detail}`,
    'zh-TW': (p) => `部署 ${p.deployment} 回報錯誤：${p.detail}`,
  },
  'llm.upstream-broke-off': {
    en: (p: { deployment: string; reason: string }) =>
      `Deployment ${p.deployment} broke off its answer (${p.reason}). What was received is incomplete; ask again.`,
    'zh-TW': (p) => `部署 ${p.deployment} 的回答中斷（${p.reason}）。已收到的內容不完整，請重新提問。`,
  },
  'llm.upstream-unreadable': {
    en: (p: { deployment: string; reason: string }) =>
      `Deployment ${p.deployment} sent an answer that is not of its API (${p.reason}). Check its address and engine.`,
    'zh-TW': (p) => `部署 ${p.deployment} 傳回的內容不符合其 API（${p.reason}）。請檢查位址與引擎設定。`,
  },
  'llm.engine-failed': {
    en: (p: { deployment: string; detail: string }) =>
      `Deployment ${p.deployment} failed in its own process: ${p.detail}`,
    'zh-TW': (p) => `部署 ${p.deployment} 在其程序中失敗：${p.detail}`,
  },
  'llm.cancelled': {
    en: (p: { deployment: string; reason: string }) =>
      `The call of deployment ${p.deployment} was cancelled (${p.reason}).`,
    'zh-TW': (p) => `對部署 ${p.deployment} 的呼叫已取消（${p.reason}）。`,
  },
  'llm.event-too-large': {
    en: (p: { limitBytes: number }) =>
      `A line of the event stream is longer than ${p.limitBytes} bytes. The sender is at fault; ask for a shorter answer.`,
    'zh-TW': (p) => `事件串流中有一行超過 ${p.limitBytes} 位元組。這是傳送端的問題，請要求較短的回答。`,
  },
  'llm.event-unreadable': {
    en: (p: { dialect: string; detail: string }) =>
      `A part of the answer is not ${p.dialect}: ${p.detail}. Check the engine's address and dialect.`,
    'zh-TW': (p) => `回答中有一部分不是 ${p.dialect} 格式：${p.detail}。請檢查引擎的位址與格式。`,
  },
  'llm.schema-not-supported': {
    en: (p: { what: string }) =>
      `A local model cannot be held to this JSON schema: it uses ${p.what}. Express it with properties, items, enum, anyOf and references inside the schema.`,
    'zh-TW': (p) =>
      `本機模型無法依照這份 JSON schema 產生答案：其中使用了 ${p.what}。請改用 properties、items、enum、anyOf 以及 schema 內部的參照。`,
  },
  'llm.schema-invalid': {
    en: (p: { detail: string }) => `The JSON schema of the request is not valid: ${p.detail}. Correct it.`,
    'zh-TW': (p) => `請求中的 JSON schema 無效：${p.detail}。請修正。`,
  },
  'llm.template-refused': {
    en: (p: { deployment: string; detail: string }) =>
      `The chat template of ${p.deployment} does not take these messages: ${p.detail}. Change their roles or order, or use another model.`,
    'zh-TW': (p) =>
      `部署 ${p.deployment} 的對話範本不接受這些訊息：${p.detail}。請調整訊息的角色或順序，或改用其他模型。`,
  },
  'llm.context-exceeded': {
    en: (p: { deployment: string; tokens: number; contextLength: number; trainedContextLength?: number }) =>
      `The prompt has ${p.tokens} tokens; ${p.deployment} takes fewer than ${p.contextLength} together with the answer. Shorten it, or ${longerContext(p).en}.`,
    'zh-TW': (p) =>
      `提示共有 ${p.tokens} 個 token；部署 ${p.deployment} 的提示加上回答必須少於 ${p.contextLength}。請縮短提示，或${longerContext(p)['zh-TW']}。`,
  },
  'llm.query-too-long': {
    en: (p: { model: string; tokens: number; contextLength: number }) =>
      `The query has ${p.tokens} tokens; ${p.model} reads ${p.contextLength} of query and document together, which leaves no room for documents. Shorten the query, or raise contextLength as far as the model goes.`,
    'zh-TW': (p) =>
      `查詢共有 ${p.tokens} 個 token；${p.model} 讀取的查詢加上文件最多 ${p.contextLength} 個，已無法容納文件。請縮短查詢，或在模型允許的範圍內調高 contextLength。`,
  },
  'llm.answer-invalid': {
    en: (p: { field: string; detail: string }) =>
      `The model's answer does not follow the schema of ${p.field}: ${p.detail}. Ask again, or use a larger model.`,
    'zh-TW': (p) => `模型的回答不符合 ${p.field} 的 schema：${p.detail}。請重新提問，或改用更大的模型。`,
  },
  'llm.queue-full': {
    en: (p: { deployment: string; waiting: number; status: 429; retryAfterMs: number }) =>
      `Deployment ${p.deployment} has ${p.waiting} requests waiting and takes no more. Try again later, or raise its options sequences or maxWaiting.`,
    'zh-TW': (p) =>
      `部署 ${p.deployment} 已有 ${p.waiting} 個請求在等候，無法再接受。請稍後再試，或調高 options 的 sequences 或 maxWaiting。`,
  },
  'llm.local-away': {
    en: (p: { deployment: string; detail: string }) =>
      `The process of the local model ${p.deployment} is not running (${p.detail}). It is restarted automatically: try again later, and see the log if it stays away.`,
    'zh-TW': (p) =>
      `本機模型 ${p.deployment} 的程序目前未執行（${p.detail}）。系統會自動重新啟動：請稍後再試；若持續無法使用，請查看記錄檔。`,
  },
  'llm.options-invalid': {
    en: (p: { deployment: string; detail: string }) =>
      `The options of deployment ${p.deployment} are not valid: ${p.detail}. Known: threads, sequences, maxWaiting, gpu, lora, temperature.`,
    'zh-TW': (p) =>
      `部署 ${p.deployment} 的 options 無效：${p.detail}。可用的有：threads、sequences、maxWaiting、gpu、lora、temperature。`,
  },
  'llm.model-not-found': {
    en: (p: { deployment: string; path: string }) =>
      `The model of deployment ${p.deployment} is not at ${p.path}. Correct \`model\` in architecture.yaml, or put the GGUF file there.`,
    'zh-TW': (p) =>
      `找不到部署 ${p.deployment} 的模型 ${p.path}。請修正 architecture.yaml 的 model，或將 GGUF 檔案放到該處。`,
  },
  'llm.model-not-gguf': {
    en: (p: { deployment: string; path: string }) =>
      `${p.path} is not a GGUF file, the only format that the engine local of deployment ${p.deployment} reads. Convert the model with llama.cpp's convert_hf_to_gguf.py, or name another file.`,
    'zh-TW': (p) =>
      `${p.path} 不是 GGUF 檔案，而部署 ${p.deployment} 的引擎 local 只讀取 GGUF。請用 llama.cpp 的 convert_hf_to_gguf.py 轉換，或指定其他檔案。`,
  },
  'llm.model-damaged': {
    en: (p: { deployment: string; path: string; detail: string }) =>
      `${p.path}, the model of deployment ${p.deployment}, cannot be loaded (${p.detail}). The file is incomplete or damaged: fetch it again.`,
    'zh-TW': (p) =>
      `無法載入部署 ${p.deployment} 的模型 ${p.path}（${p.detail}）。檔案不完整或已損毀：請重新取得。`,
  },
  'llm.model-not-supported': {
    en: (p: { deployment: string; path: string; architecture: string }) =>
      `${p.path}, the model of deployment ${p.deployment}, is of the architecture "${p.architecture}", which this llama.cpp does not know. Use another model, or an engine that knows it.`,
    'zh-TW': (p) =>
      `部署 ${p.deployment} 的模型 ${p.path} 屬於「${p.architecture}」架構，目前的 llama.cpp 不支援。請改用其他模型，或支援它的引擎。`,
  },
  'llm.model-too-large': {
    en: (p: {
      deployment: string
      neededMiB: number
      availableMiB: number
      sequences: number
      contextLength: number
    }) =>
      `Deployment ${p.deployment} needs about ${p.neededMiB} MiB of memory and ${p.availableMiB} MiB are free. Lower contextLength (${p.contextLength}) or options.sequences (${p.sequences}), or use a smaller model.`,
    'zh-TW': (p) =>
      `部署 ${p.deployment} 約需 ${p.neededMiB} MiB 記憶體，目前可用 ${p.availableMiB} MiB。請調低 contextLength（${p.contextLength}）或 options.sequences（${p.sequences}），或改用較小的模型。`,
  },
  'llm.gpu-not-available': {
    en: (p: { deployment: string; gpu: string }) =>
      `Deployment ${p.deployment} asks for options.gpu "${p.gpu}", and no llama.cpp for it is installed. Install it, or set options.gpu to auto or false.`,
    'zh-TW': (p) =>
      `部署 ${p.deployment} 的 options.gpu 設為「${p.gpu}」，但未安裝對應的 llama.cpp。請安裝，或將 options.gpu 設為 auto 或 false。`,
  },
  'llm.model-cannot-chat': {
    en: (p: { deployment: string }) =>
      `The model of deployment ${p.deployment} has no chat template, so it cannot answer chats. Use an instruction-tuned model; this one can still make embeddings.`,
    'zh-TW': (p) =>
      `部署 ${p.deployment} 的模型沒有對話範本，無法回答對話。請改用經過指令微調的模型；這個模型仍可用於產生向量。`,
  },
  'llm.model-cannot-rank': {
    en: (p: { deployment: string; detail: string }) =>
      `The model of deployment ${p.deployment} cannot score documents against a query (${p.detail}). Use a reranker: a GGUF file that was converted with its classification head, such as bge-reranker or Qwen3-Reranker.`,
    'zh-TW': (p) =>
      `部署 ${p.deployment} 的模型無法依查詢為文件評分（${p.detail}）。請改用重新排序模型：轉換時保留分類層的 GGUF 檔案，例如 bge-reranker 或 Qwen3-Reranker。`,
  },
  'llm.adapter-unusable': {
    en: (p: { deployment: string; path: string; detail: string }) =>
      `The LoRA adapter ${p.path} of deployment ${p.deployment} cannot be used (${p.detail}). Name a GGUF adapter that was made for this very model.`,
    'zh-TW': (p) =>
      `無法使用部署 ${p.deployment} 的 LoRA 轉接器 ${p.path}（${p.detail}）。請指定為這個模型製作的 GGUF 轉接器。`,
  },
  'llm.script-exhausted': {
    en: (p: { id: string; calls: number }) =>
      `The scripted model ${p.id} has answers for ${p.calls} calls and was called once more. Add an answer to its script.`,
    'zh-TW': (p) =>
      `腳本模型 ${p.id} 只準備了 ${p.calls} 次呼叫的回答，卻又被呼叫了一次。請在腳本中增加回答。`,
  },
})

/** What an upstream said about its failure. */
interface UpstreamFailure {
  readonly deployment: string
  /** The upstream's words, shortened, without secrets. */
  readonly detail: string
  /** Its own code, such as `context_length_exceeded`, where it gave one. */
  readonly upstreamCode: string | null
  readonly upstreamType: string | null
  /** The field of the request it complains about. */
  readonly upstreamParam: string | null
  /** When it may be asked again, from its Retry-After. */
  readonly retryAfterMs: number | null
}

export const llmError = errorFactory(llmMessages)
