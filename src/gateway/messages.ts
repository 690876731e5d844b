// What the gateway says to its clients, in both languages.

import { defineMessages, errorFactory, type Language } from '../core/index.js'
import type { DeploymentKind } from '../spec/index.js'
import type { JsonExpectation } from './find-json-error.js'
import { keptMessages } from './kept-messages.js'
import { storedMessages } from './stored-messages.js'

const expectedEn: Record<JsonExpectation, string> = {
  value: 'a value',
  key: 'a key in double quotes',
  colon: '":"',
  comma: '"," or the closing bracket',
  end: 'nothing more',
  string: 'the rest of the string and its closing quote (control characters must be escaped)',
  escape: 'a valid escape such as \\n or \\u00e9',
  number: 'a valid number',
}
const expectedZh: Record<JsonExpectation, string> = {
  value: '一個值',
  key: '以雙引號括住的鍵',
  colon: '「:」',
  comma: '「,」或結尾括號',
  end: '內容到此為止',
  string: '字串的其餘部分與結尾引號（控制字元必須跳脫）',
  escape: '有效的跳脫字元，例如 \\n 或 \\u00e9',
  number: '有效的數字',
}
const list = (items: readonly string[]) => items.join(', ')
const seconds = (ms: number) => Math.max(1, Math.ceil(ms / 1000))

/** A phrase inside a message, in both languages. */
export type Words = Readonly<Record<Language, string>>

/** One deployment that was tried and the code of what went wrong there. Holds no address and no secret. */
export interface Tried {
  readonly deployment: string
  readonly code: string
}
const triedText = (tried: readonly Tried[]) => tried.map((t) => `${t.deployment} (${t.code})`).join(', ')

const restsEn = {
  failures: 'it failed too often',
  'rate-limited': 'it is at its own rate limit',
  'key-refused': 'it refused its API key',
} as const
const restsZh = {
  failures: '它失敗次數過多',
  'rate-limited': '它已達到自身的流量上限',
  'key-refused': '它拒絕了 API 金鑰',
} as const
/** Why a deployment is left alone. */
type RestReason = keyof typeof restsEn

const afterTried = (tried: readonly Tried[], en: boolean) =>
  tried.length === 0 ? '' : en ? ` Tried: ${triedText(tried)}.` : `已嘗試：${triedText(tried)}。`

interface Busy {
  readonly model: string
  readonly tried: readonly Tried[]
}
const isQueueFull = ({ code }: Tried) => /^(llm|gateway)\.queue-full/.test(code)
/** What keeps every deployment from answering: its own limit, a queue of ours that is full, or now this, now that. */
const busyEn = ({ model, tried }: Busy): string =>
  tried.every(isQueueFull)
    ? `The queue of every deployment of "${model}" is full.`
    : `Every deployment of "${model}" is at its own rate limit${tried.some(isQueueFull) ? ' or has a full queue' : ''}.`
const busyZh = ({ model, tried }: Busy): string =>
  tried.every(isQueueFull)
    ? `「${model}」所有部署的等候佇列都已滿。`
    : `「${model}」的所有部署都已達到自身的流量上限${tried.some(isQueueFull) ? '，或等候佇列已滿' : ''}。`

/** What is wrong with one field of a request; `actual` null when it is missing. */
export interface FieldProblem {
  readonly field: string
  readonly expected: Words
  readonly actual: Words | null
}

const kindsEn = { chat: 'chat', embedding: 'embeddings', rerank: 'reranking' } as const
const kindsZh = { chat: '對話', embedding: '向量', rerank: '重新排序' } as const

export const gatewayMessages = defineMessages({
  ...storedMessages,
  'gateway.key-missing': {
    en: (_p: Record<string, never>) => 'No API key. Send it as "Authorization: Bearer la-...".',
    'zh-TW': () => '缺少 API 金鑰。請以「Authorization: Bearer la-...」標頭傳送。',
  },
  'gateway.key-invalid': {
    en: (_p: Record<string, never>) =>
      'The API key is not known, was revoked or has expired. Ask the operator for a new one (llm-architect keys create).',
    'zh-TW': () => 'API 金鑰不存在、已撤銷或已過期。請向管理者索取新的金鑰（llm-architect keys create）。',
  },
  'gateway.origin-refused': {
    en: (p: { header: string }) =>
      `Callers without a key are served only directly from this machine, and this request carries the header "${p.header}" of a web page or a proxy. Use an API key.`,
    'zh-TW': (p) =>
      `沒有金鑰的呼叫只能直接從本機發出，但這個請求帶有網頁或代理伺服器的標頭「${p.header}」。請使用 API 金鑰。`,
  },
  'gateway.admin-key-invalid': {
    en: (_p: Record<string, never>) => 'The admin API needs the admin token as "Authorization: Bearer ...".',
    'zh-TW': () => '管理 API 需要以「Authorization: Bearer ...」傳送管理權杖。',
  },
  'gateway.path-unknown': {
    en: (p: { method: string; path: string; hint: string | null }) =>
      `There is no ${p.method} ${p.path}.${p.hint ? ` Did you mean ${p.hint}?` : ''}`,
    'zh-TW': (p) => `沒有 ${p.method} ${p.path} 這個端點。${p.hint ? `您是不是要找 ${p.hint}？` : ''}`,
  },
  'gateway.method-not-allowed': {
    en: (p: { method: string; path: string; allowed: readonly string[] }) =>
      `${p.path} does not take ${p.method}. Use ${list(p.allowed)}.`,
    'zh-TW': (p) => `${p.path} 不接受 ${p.method}，請改用 ${list(p.allowed)}。`,
  },
  'gateway.model-not-found': {
    en: (p: { model: string; available: readonly string[] }) =>
      `The model "${p.model}" does not exist or your key may not use it. Available: ${list(p.available) || 'none'}.`,
    'zh-TW': (p) => `模型「${p.model}」不存在，或您的金鑰無權使用。可用的有：${list(p.available) || '無'}。`,
  },
  'gateway.route-unknown': {
    en: (p: { field: string; route: string; known: readonly string[] }) =>
      `This system has no route "${p.route.slice(0, 100)}" that a key could be limited to. Known: ${list(p.known)}.`,
    'zh-TW': (p) =>
      `這個系統沒有名為「${p.route.slice(0, 100)}」的路由可供金鑰使用。可用的有：${list(p.known)}。`,
  },
  'gateway.knowledge-not-found': {
    en: (p: { id: string }) => `The vector store "${p.id}" does not exist or your key may not use it.`,
    'zh-TW': (p) => `向量儲存庫「${p.id}」不存在，或您的金鑰無權使用。`,
  },
  'gateway.record-not-found': {
    en: (p: { kind: string; id: string }) => `There is no ${p.kind} "${p.id}".`,
    'zh-TW': (p) => `沒有 ${p.kind}「${p.id}」。`,
  },
  ...keptMessages,
  'gateway.body-too-large': {
    en: (p: { limitBytes: number }) =>
      `The request body is larger than ${p.limitBytes} bytes. Send less, or raise limits.maxBodyBytes in architecture.yaml.`,
    'zh-TW': (p) =>
      `請求內容超過 ${p.limitBytes} 位元組。請縮短內容，或調高 architecture.yaml 的 limits.maxBodyBytes。`,
  },
  'gateway.body-timeout': {
    en: (p: { idleMs: number }) =>
      `No part of the request body came for ${p.idleMs} ms. Send the whole body without a pause.`,
    'zh-TW': (p) => `已有 ${p.idleMs} 毫秒沒有收到請求內容。請一次傳完，中途不要停頓。`,
  },
  'gateway.body-cut': {
    en: (_p: Record<string, never>) => 'The connection ended before the whole request body had come.',
    'zh-TW': () => '請求內容尚未傳完，連線就中斷了。',
  },
  'gateway.body-encoded': {
    en: (p: { encoding: string }) =>
      `The request body has Content-Encoding "${p.encoding}". Send it without compression.`,
    'zh-TW': (p) => `請求內容使用了 Content-Encoding「${p.encoding}」。請不要壓縮。`,
  },
  'gateway.body-empty': {
    en: (_p: Record<string, never>) => 'The request has no body. Send a JSON object.',
    'zh-TW': () => '請求沒有內容。請傳送一個 JSON 物件。',
  },
  'gateway.body-not-utf8': {
    en: (p: { position: number }) =>
      `The request body is not UTF-8: the byte at position ${p.position} is wrong. Send UTF-8.`,
    'zh-TW': (p) => `請求內容不是 UTF-8：第 ${p.position} 個位元組有誤。請使用 UTF-8 編碼。`,
  },
  'gateway.body-byte-order-mark': {
    en: (_p: Record<string, never>) =>
      'The request body begins with a byte order mark (EF BB BF). Send UTF-8 without one.',
    'zh-TW': () => '請求內容以位元組順序記號（EF BB BF）開頭。請使用不含該記號的 UTF-8。',
  },
  'gateway.body-not-json': {
    en: (p: { position: number; line: number; column: number; expected: JsonExpectation }) =>
      `The request body is not valid JSON: at position ${p.position} (line ${p.line}, column ${p.column}) ${expectedEn[p.expected]} is expected.`,
    'zh-TW': (p) =>
      `請求內容不是有效的 JSON：在位置 ${p.position}（第 ${p.line} 行第 ${p.column} 欄）應為${expectedZh[p.expected]}。`,
  },
  'gateway.body-too-deep': {
    en: (p: { limit: number }) => `The JSON body is nested deeper than ${p.limit} levels. Flatten it.`,
    'zh-TW': (p) => `JSON 內容的巢狀深度超過 ${p.limit} 層。請減少巢狀。`,
  },
  'gateway.body-too-complex': {
    en: (p: { limit: number }) =>
      `The JSON body has more than ${p.limit} objects and arrays. Send a smaller request.`,
    'zh-TW': (p) => `JSON 內容的物件與陣列超過 ${p.limit} 個。請縮小請求。`,
  },
  'gateway.field-missing': {
    en: (p: { field: string; expected: Words }) => `"${p.field}" is missing. Give ${p.expected.en}.`,
    'zh-TW': (p) => `缺少「${p.field}」。請提供${p.expected['zh-TW']}。`,
  },
  'gateway.field-invalid': {
    en: (p: { field: string; expected: Words; actual: Words }) =>
      `"${p.field}" must be ${p.expected.en}, not ${p.actual.en}.`,
    'zh-TW': (p) => `「${p.field}」必須是${p.expected['zh-TW']}，而不是${p.actual['zh-TW']}。`,
  },
  'gateway.fields-invalid': {
    en: (p: { field: string; problems: readonly FieldProblem[] }) =>
      `${p.problems.length} fields are wrong: ${p.problems
        .map(({ field, expected, actual }) =>
          actual === null
            ? `"${field}" is missing, give ${expected.en}`
            : `"${field}" must be ${expected.en}, not ${actual.en}`,
        )
        .join('; ')}.`,
    'zh-TW': (p) =>
      `有 ${p.problems.length} 個欄位不正確：${p.problems
        .map(({ field, expected, actual }) =>
          actual === null
            ? `缺少「${field}」，請提供${expected['zh-TW']}`
            : `「${field}」必須是${expected['zh-TW']}，而不是${actual['zh-TW']}`,
        )
        .join('；')}。`,
  },
  'gateway.model-of-other-kind': {
    en: (p: { model: string; kind: DeploymentKind; path: string }) =>
      `The model "${p.model}" serves ${kindsEn[p.kind]}. Send the request to ${p.path}, or name another model.`,
    'zh-TW': (p) =>
      `模型「${p.model}」提供的是${kindsZh[p.kind]}服務。請將請求送到 ${p.path}，或改用其他模型。`,
  },
  'gateway.tokens-not-taken': {
    en: (p: { model: string; isGuarded: boolean; field: string }) =>
      p.isGuarded
        ? `The model "${p.model}" checks what it is sent, and token ids cannot be checked. Send "${p.field}" as text.`
        : `The model "${p.model}" takes no token ids. Send "${p.field}" as text.`,
    'zh-TW': (p) =>
      p.isGuarded
        ? `模型「${p.model}」會檢查收到的內容，而詞元編號無法檢查。請以文字傳送 ${p.field}。`
        : `模型「${p.model}」不接受詞元編號。請以文字傳送 ${p.field}。`,
  },
  'gateway.tokenizer-absent': {
    en: (p: { model: string }) =>
      `The engine of "${p.model}" cannot be asked what text token ids stand for. Name a model that runs in the engine local or in vLLM.`,
    'zh-TW': (p) => `無法詢問「${p.model}」的引擎詞元編號代表的文字。請改用由 local 引擎或 vLLM 執行的模型。`,
  },
  'gateway.route-unguarded': {
    en: (p: { model: string }) =>
      `No guardrails look at what "${p.model}" is sent. Name a route that has some, or leave "model" out to have every built-in detector look.`,
    'zh-TW': (p) =>
      `沒有護欄檢查送給「${p.model}」的內容。請改用設有護欄的路由，或省略 model 以使用所有內建偵測器。`,
  },
  'gateway.raw-text-refused': {
    en: (p: { model: string }) =>
      `The model "${p.model}" makes a chat with a prompt, documents or several models of what it is sent, in which a raw text has no place. Send the request to /v1/chat/completions, or name another model.`,
    'zh-TW': (p) =>
      `模型「${p.model}」會把收到的內容組成含有提示詞、文件或多個模型的對話，無法接續原始文字。請將請求送到 /v1/chat/completions，或改用其他模型。`,
  },
  'gateway.rate-limited': {
    en: (p: { limit: number; retryAfterMs: number }) =>
      `The ${p.limit} requests per minute of this key are used. Try again in ${seconds(p.retryAfterMs)} s, or raise its limit.`,
    'zh-TW': (p) =>
      `這個金鑰每分鐘 ${p.limit} 個請求的額度已用完。請在 ${seconds(p.retryAfterMs)} 秒後再試，或提高上限。`,
  },
  'gateway.knowledge-unavailable': {
    en: (p: { knowledge: string }) =>
      `The documents "${p.knowledge}" cannot be searched at the moment, and this model answers only from them. Try again shortly.`,
    'zh-TW': (p) => `目前無法搜尋文件庫「${p.knowledge}」，而此模型只根據文件回答。請稍後再試。`,
  },
  'gateway.no-answer': {
    en: (p: { model: string; tried: readonly Tried[]; retryAfterMs: number | null }) =>
      `No deployment of "${p.model}" could answer. Tried: ${triedText(p.tried)}.`,
    'zh-TW': (p) => `「${p.model}」的所有部署都無法回答。已嘗試：${triedText(p.tried)}。`,
  },
  'gateway.upstream-slow': {
    en: (p: { model: string; tried: readonly Tried[]; retryAfterMs: number | null }) =>
      `No deployment of "${p.model}" answered in time. Tried: ${triedText(p.tried)}.`,
    'zh-TW': (p) => `「${p.model}」的所有部署都未能及時回答。已嘗試：${triedText(p.tried)}。`,
  },
  'gateway.upstream-busy': {
    en: (p: { model: string; tried: readonly Tried[]; retryAfterMs: number | null }) =>
      `${busyEn(p)} Tried: ${triedText(p.tried)}.${p.retryAfterMs === null ? '' : ` Try again in ${seconds(p.retryAfterMs)} s.`}`,
    'zh-TW': (p) =>
      `${busyZh(p)}已嘗試：${triedText(p.tried)}。${p.retryAfterMs === null ? '' : `請在 ${seconds(p.retryAfterMs)} 秒後再試。`}`,
  },
  'gateway.deployment-resting': {
    en: (p: { deployment: string; reason: RestReason; retryAfterMs: number; status?: 429 }) =>
      `Deployment ${p.deployment} is left alone because ${restsEn[p.reason]}. Try again in ${seconds(p.retryAfterMs)} s.`,
    'zh-TW': (p) =>
      `暫時不使用部署 ${p.deployment}，因為${restsZh[p.reason]}。請在 ${seconds(p.retryAfterMs)} 秒後再試。`,
  },
  'gateway.queue-full': {
    en: (p: { deployment: string; waiting: number; status: 429; retryAfterMs: number }) =>
      `Deployment ${p.deployment} has ${p.waiting} requests waiting and takes no more. Try again in ${seconds(p.retryAfterMs)} s, or raise its limits.concurrency or limits.queue.`,
    'zh-TW': (p) =>
      `部署 ${p.deployment} 已有 ${p.waiting} 個請求在等候，無法再接受。請在 ${seconds(p.retryAfterMs)} 秒後再試，或調高該部署的 limits.concurrency 或 limits.queue。`,
  },
  'gateway.queue-slow': {
    en: (p: { deployment: string }) =>
      `The request was still waiting for its turn at deployment ${p.deployment} when its deadline came. Allow it more time, or raise limits.concurrency.`,
    'zh-TW': (p) => `期限到時，請求仍在等候部署 ${p.deployment}。請給予更多時間，或調高 limits.concurrency。`,
  },
  'gateway.deadline-exceeded': {
    en: (p: { limitMs: number | null; tried: readonly Tried[] }) =>
      `The request was not answered by its deadline${p.limitMs === null ? '' : ` of ${p.limitMs} ms`}.${afterTried(p.tried, true)} Allow it more time (the client's timeout, x-request-timeout-ms, or timeoutMs of the route).`,
    'zh-TW': (p) =>
      `請求未能在期限${p.limitMs === null ? '' : ` ${p.limitMs} 毫秒`}內完成。${afterTried(p.tried, false)}請給予更多時間（用戶端的逾時設定、x-request-timeout-ms，或路由的 timeoutMs）。`,
  },
  'gateway.upstream-failed': {
    en: (p: { deployment: string }) =>
      `Deployment ${p.deployment} reported an error while it was answering. What was received is incomplete; ask again.`,
    'zh-TW': (p) => `部署 ${p.deployment} 在回答途中回報錯誤。已收到的內容不完整，請重新提問。`,
  },
  'gateway.upstream-unreadable': {
    en: (p: { dialect: string }) =>
      `A part of the answer is not ${p.dialect}. What was received is incomplete; ask again.`,
    'zh-TW': (p) => `回答中有一部分不是 ${p.dialect} 格式。已收到的內容不完整，請重新提問。`,
  },
  'gateway.draining': {
    en: (_p: Record<string, never>) => 'The server is stopping. Try again in a moment.',
    'zh-TW': () => '伺服器正在停止。請稍後再試。',
  },
  'gateway.overloaded': {
    en: (_p: Record<string, never>) =>
      'The server holds as many request bodies as it may. Try again shortly.',
    'zh-TW': () => '伺服器暫存的請求內容已達上限。請稍後再試。',
  },
  'gateway.unexpected': {
    en: (p: { requestId: string }) =>
      `The server failed on request ${p.requestId}. Give this number to the operator, who finds it in the log.`,
    'zh-TW': (p) => `伺服器處理請求 ${p.requestId} 時發生錯誤。請將此編號提供給管理者，以便在日誌中查詢。`,
  },
  'gateway.client-gone': {
    en: (_p: Record<string, never>) => 'The client closed the connection before the answer was complete.',
    'zh-TW': () => '回應尚未傳完，用戶端就關閉了連線。',
  },
  'gateway.host-missing': {
    en: (_p: Record<string, never>) => 'The request has no Host header, which HTTP/1.1 demands. Send one.',
    'zh-TW': () => '請求缺少 HTTP/1.1 規定的 Host 標頭。請加上該標頭。',
  },
  'gateway.expectation-unknown': {
    en: (_p: Record<string, never>) =>
      'The header Expect asks for something unknown. Send 100-continue, or leave it out.',
    'zh-TW': () => 'Expect 標頭要求的內容無法辨識。請改用 100-continue，或不要送出該標頭。',
  },
  'gateway.http-malformed': {
    en: (p: { detail: string }) => `The request is not valid HTTP/1.1 (${p.detail}).`,
    'zh-TW': (p) => `這不是有效的 HTTP/1.1 請求（${p.detail}）。`,
  },
  'gateway.headers-too-large': {
    en: (_p: Record<string, never>) => 'The request headers are larger than 16 KiB. Send fewer.',
    'zh-TW': () => '請求標頭超過 16 KiB。請減少標頭。',
  },
  'gateway.request-timeout': {
    en: (_p: Record<string, never>) => 'The request did not arrive in time. Send it without a pause.',
    'zh-TW': () => '請求未能及時送達。請一次送完，中途不要停頓。',
  },
  'gateway.ingest-absent': {
    en: (_p: Record<string, never>) =>
      'This server runs no ingest jobs. Use the command "llm-architect ingest" instead.',
    'zh-TW': () => '此伺服器不執行匯入工作。請改用「llm-architect ingest」指令。',
  },
  'gateway.strategy-not-supported': {
    en: (p: { route: string; strategy: string }) =>
      `Route "${p.route}" uses the strategy "${p.strategy}", which does not run yet. Use "deployment", "fallback" or "cascade" in architecture.yaml.`,
    'zh-TW': (p) =>
      `路由「${p.route}」使用的策略「${p.strategy}」目前還不能執行。請在 architecture.yaml 改用「deployment」、「fallback」或「cascade」。`,
  },
  'gateway.reference-unknown': {
    en: (p: { route: string; field: string; id: string; known: readonly string[] }) =>
      `Route "${p.route}" names the ${p.field} "${p.id}", which is not there. Known: ${list(p.known) || 'none'}.`,
    'zh-TW': (p) => `路由「${p.route}」的 ${p.field}「${p.id}」不存在。已知的有：${list(p.known) || '無'}。`,
  },
})

export const gatewayError = errorFactory(gatewayMessages)
