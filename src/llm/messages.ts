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
  files: { en: 'read parts of this type', 'zh-TW': '讀取這種類型的內容' },
} satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>

/** What an engine may be unable to do. */
export type Capability = keyof typeof capabilities

export const llmMessages = defineMessages({
  'llm.not-capable': {
    en: (p: { deployment: string; field: string; capability: Capability }) =>
      `${p.deployment} cannot ${capabilities[p.capability].en}, which field ${p.field} asks for. Leave it out, or ask a model whose engine can.`,
    'zh-TW': (p) =>
      `欄位 ${p.field} 的要求無法達成：${p.deployment} 無法${capabilities[p.capability]['zh-TW']}。請移除該欄位，或改用引擎支援的模型。`,
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
