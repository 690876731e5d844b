// What the gateway says of files and batches, in both languages.

import { defineMessages } from '../core/index.js'

export type StoredKind = 'file' | 'batch' | 'upload'
const storedEn: Record<StoredKind, string> = { file: 'file', batch: 'batch', upload: 'upload' }
const storedZh: Record<StoredKind, string> = { file: '檔案', batch: '批次', upload: '上傳' }

export const storedMessages = defineMessages({
  'gateway.stored-not-found': {
    en: (p: { kind: StoredKind; id: string; field: string | null }) =>
      `There is no ${storedEn[p.kind]} "${p.id.slice(0, 100)}" of this key's tenant. It may have been deleted or have expired.`,
    'zh-TW': (p) => `這個金鑰的租戶沒有${storedZh[p.kind]}「${p.id.slice(0, 100)}」。它可能已刪除或已過期。`,
  },
  'gateway.storing-failed': {
    en: (_p: Record<string, never>) =>
      'The database that stores files and batches does not answer. Try again shortly.',
    'zh-TW': () => '儲存檔案與批次的資料庫目前沒有回應。請稍後再試。',
  },
  'gateway.upload-not-form': {
    en: (_p: Record<string, never>) =>
      'A file is uploaded as multipart/form-data with a boundary, with the fields "file" and "purpose"; a part of one with the field "data".',
    'zh-TW': () =>
      '檔案必須以含有 boundary 的 multipart/form-data 上傳，並包含 file 與 purpose 欄位；分段上傳的各部分則為 data 欄位。',
  },
  'gateway.upload-malformed': {
    en: (p: { detail: string }) => `The form could not be read: ${p.detail}. Send whole multipart/form-data.`,
    'zh-TW': (p) => `無法讀取表單：${p.detail}。請傳送完整的 multipart/form-data。`,
  },
  'gateway.batch-over': {
    en: (p: { id: string; status: string }) =>
      `The batch "${p.id}" is "${p.status}", so it cannot be cancelled any more.`,
    'zh-TW': (p) => `批次「${p.id}」的狀態是「${p.status}」，已無法取消。`,
  },
  'gateway.batch-under-way': {
    en: (p: { id: string }) => `The batch "${p.id}" has not ended yet. Cancel it, or wait for its end.`,
    'zh-TW': (p) => `批次「${p.id}」尚未結束。請先取消，或等待它結束。`,
  },
})
