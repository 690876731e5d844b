// What is wrong with a batch, in both languages.

import { defineMessages, messageFactory } from '../core/index.js'

export const batchMessages = defineMessages({
  'batches.input-missing': {
    en: (p: { id: string }) => `The input file "${p.id}" is not there any more. Upload it again.`,
    'zh-TW': (p) => `輸入檔案「${p.id}」已不存在。請重新上傳。`,
  },
  'batches.input-empty': {
    en: (_p: Record<string, never>) => 'The input file holds no request. Write one JSON object per line.',
    'zh-TW': () => '輸入檔案沒有任何請求。請每行寫一個 JSON 物件。',
  },
  'batches.too-many-lines': {
    en: (p: { limit: number }) => `A batch may hold ${p.limit} requests at most. Split the input file.`,
    'zh-TW': (p) => `一個批次最多 ${p.limit} 個請求。請將輸入檔案分割。`,
  },
  'batches.line-too-long': {
    en: (p: { limitBytes: number }) =>
      `This line is longer than the ${p.limitBytes} bytes a request may have.`,
    'zh-TW': (p) => `此行超過單一請求的上限 ${p.limitBytes} 位元組。`,
  },
  'batches.line-not-json': {
    en: (p: { detail: string }) => `This line is not a JSON object: ${p.detail}`,
    'zh-TW': (p) => `此行不是 JSON 物件：${p.detail}`,
  },
  'batches.field-invalid': {
    en: (p: { field: string; expected: string }) => `"${p.field}" must be ${p.expected}.`,
    'zh-TW': (p) => `「${p.field}」必須是 ${p.expected}。`,
  },
  'batches.url-mismatch': {
    en: (p: { url: string; endpoint: string }) =>
      `The "url" of this line is ${p.url}, but the batch is for ${p.endpoint}. Every line must name the endpoint of its batch.`,
    'zh-TW': (p) => `此行的 "url" 是 ${p.url}，但批次的端點是 ${p.endpoint}。每一行都必須使用批次的端點。`,
  },
  'batches.custom-id-duplicate': {
    en: (p: { customId: string; line: number }) =>
      `The "custom_id" ${JSON.stringify(p.customId)} stands in line ${p.line} already. Each must be unique within its batch.`,
    'zh-TW': (p) => `"custom_id" ${JSON.stringify(p.customId)} 已出現在第 ${p.line} 行。同一批次內不可重複。`,
  },
  'batches.broken': {
    en: (p: { code: string }) => `The batch could not be worked on (${p.code}). The log says more.`,
    'zh-TW': (p) => `批次無法執行（${p.code}）。詳情請見記錄檔。`,
  },
})

export const batchMessage = messageFactory(batchMessages)
