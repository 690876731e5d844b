// What the gateway says of responses and conversations that are kept, or run in the background.

import { defineMessages } from '../core/index.js'

export type KeptKind = 'response' | 'conversation' | 'item'
const keptEn: Record<KeptKind, string> = { response: 'response', conversation: 'conversation', item: 'item' }
const keptZh: Record<KeptKind, string> = { response: '回應', conversation: '對話', item: '項目' }

export const keptMessages = defineMessages({
  'gateway.kept-not-found': {
    en: (p: { kind: KeptKind; id: string; field: string | null }) =>
      `There is no ${keptEn[p.kind]} "${p.id.slice(0, 100)}" of this key. It may have been deleted, be too old, or never have been stored ("store": false).`,
    'zh-TW': (p) =>
      `這個金鑰沒有${keptZh[p.kind]}「${p.id.slice(0, 100)}」。它可能已刪除、已過保存期限，或當初未儲存（"store": false）。`,
  },
  'gateway.history-incomplete': {
    en: (p: { id: string; missing: string; field: string }) =>
      `The response "${p.id}" continues "${p.missing}", which is not stored any more. Send the whole conversation as "input" instead.`,
    'zh-TW': (p) => `回應「${p.id}」接續自「${p.missing}」，但後者已不再保存。請改以 input 傳送完整對話。`,
  },
  'gateway.not-in-background': {
    en: (p: { id: string }) =>
      `The response "${p.id}" does not run in the background, so it cannot be cancelled. Close the connection of a request that still runs.`,
    'zh-TW': (p) => `回應「${p.id}」不是在背景執行，因此無法取消。若請求仍在進行，請直接關閉連線。`,
  },
  'gateway.background-full': {
    en: (p: { running: number; limit: number; retryAfterMs: number }) =>
      `This key has ${p.running} responses running in the background, as many as it may. Wait for one to end, cancel one, or raise responses.maxBackground in architecture.yaml.`,
    'zh-TW': (p) =>
      `這個金鑰已有 ${p.running} 個回應在背景執行，達到上限。請等待其中一個結束、取消其中一個，或調高 architecture.yaml 的 responses.maxBackground。`,
  },
  'gateway.background-crowded': {
    en: (p: { limit: number }) =>
      `The server answers ${p.limit} responses in the background, as many as it can. Try again shortly.`,
    'zh-TW': (p) => `伺服器正在背景執行 ${p.limit} 個回應，已達上限。請稍後再試。`,
  },
  'gateway.background-lost': {
    en: (p: { id: string }) =>
      `The server stopped while it was answering "${p.id.slice(0, 100)}". Ask again.`,
    'zh-TW': (p) => `伺服器在產生回應「${p.id.slice(0, 100)}」時停止運作。請重新提問。`,
  },
  'gateway.response-cancelled': {
    en: (p: { id: string }) => `The response "${p.id.slice(0, 100)}" was cancelled.`,
    'zh-TW': (p) => `回應「${p.id.slice(0, 100)}」已取消。`,
  },
  'gateway.response-too-long': {
    en: (p: { limitBytes: number }) =>
      `The events of this answer take more than the ${p.limitBytes} bytes that are kept of one. Ask for a shorter answer, or without "background".`,
    'zh-TW': (p) =>
      `這個回應的事件超過可保存的 ${p.limitBytes} 位元組。請要求較短的回答，或不要使用 background。`,
  },
  'gateway.response-unfinished': {
    en: (p: { id: string; field: string }) =>
      `The response "${p.id.slice(0, 100)}" is still being answered. Wait until its status is "completed", then continue it.`,
    'zh-TW': (p) => `回應「${p.id.slice(0, 100)}」仍在產生中。請等到其 status 為 "completed" 後再接續。`,
  },
  'gateway.events-elsewhere': {
    en: (p: { id: string; field: string }) =>
      `Another process answers "${p.id.slice(0, 100)}", so its events cannot be followed here. Retrieve it without "stream", or when it has ended.`,
    'zh-TW': (p) =>
      `回應「${p.id.slice(0, 100)}」由另一個程序產生，無法在此追蹤其事件。請不帶 stream 查詢，或等它結束後再查詢。`,
  },
  'gateway.compaction-refused': {
    en: (p: { model: string }) =>
      `The model "${p.model}" answers from documents and does not sum up conversations. Name a model without documents; what it compacts can be continued with this one.`,
    'zh-TW': (p) =>
      `模型「${p.model}」依據文件回答，不會摘要對話。請改用沒有文件庫的模型；壓縮後的對話仍可由此模型接續。`,
  },
  'gateway.compaction-failed': {
    en: (p: { model: string }) =>
      `The model "${p.model}" wrote no whole summary, so the conversation is as it was. Ask again, or name another model.`,
    'zh-TW': (p) => `模型「${p.model}」沒有寫出完整的摘要，對話維持原樣。請再試一次，或改用其他模型。`,
  },
  'gateway.keeping-failed': {
    en: (_p: Record<string, never>) =>
      'The database that stores responses and conversations does not answer. Try again shortly, or send "store": false.',
    'zh-TW': () => '儲存回應與對話的資料庫目前沒有回應。請稍後再試，或傳送 "store": false。',
  },
})
