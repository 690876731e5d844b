// What the files room says to people, in both languages.

import { defineMessages, errorFactory } from '../core/index.js'

const mebibytes = (bytes: number) => `${Math.round((bytes / 1024 / 1024) * 10) / 10} MiB`

export const fileMessages = defineMessages({
  'files.too-large': {
    en: (p: { limitBytes: number }) =>
      `The file is larger than ${mebibytes(p.limitBytes)}. Send it in parts, or have the operator raise files.maxFileBytes in architecture.yaml.`,
    'zh-TW': (p) =>
      `檔案超過 ${mebibytes(p.limitBytes)}。請分成數個檔案傳送，或請管理者提高 architecture.yaml 的 files.maxFileBytes。`,
  },
  'files.quota-exceeded': {
    en: (p: { limitBytes: number; usedBytes: number }) =>
      `The files of this tenant would be larger than ${mebibytes(p.limitBytes)} together (${mebibytes(p.usedBytes)} are stored). Delete some, or have the operator raise files.maxTenantBytes in architecture.yaml.`,
    'zh-TW': (p) =>
      `此租戶的檔案總量將超過 ${mebibytes(p.limitBytes)}（目前已儲存 ${mebibytes(p.usedBytes)}）。請刪除部分檔案，或請管理者提高 architecture.yaml 的 files.maxTenantBytes。`,
  },
  'files.upload-over': {
    en: (p: { id: string; status: string }) =>
      `The upload "${p.id}" is "${p.status}", so nothing can be added to it or made of it. Begin another one.`,
    'zh-TW': (p) => `上傳「${p.id}」的狀態是「${p.status}」，無法再加入或完成。請重新開始上傳。`,
  },
  'files.parts-too-large': {
    en: (p: { announcedBytes: number }) =>
      `The parts are larger than the ${p.announcedBytes} bytes that were announced for the upload. Begin another one with the right number.`,
    'zh-TW': (p) => `各部分超過此上傳宣告的 ${p.announcedBytes} 位元組。請以正確的位元組數重新開始上傳。`,
  },
  'files.part-unknown': {
    en: (p: { id: string; partId: string }) =>
      `The upload "${p.id}" has no part "${p.partId.slice(0, 100)}". Name the parts by the ids that their uploads answered.`,
    'zh-TW': (p) => `上傳「${p.id}」沒有部分「${p.partId.slice(0, 100)}」。請使用上傳各部分時回覆的 id。`,
  },
  'files.bytes-differ': {
    en: (p: { announcedBytes: number; sentBytes: number }) =>
      `The parts are ${p.sentBytes} bytes together, but ${p.announcedBytes} were announced. Name all parts, each once.`,
    'zh-TW': (p) =>
      `各部分合計 ${p.sentBytes} 位元組，但宣告為 ${p.announcedBytes}。請列出所有部分，且各一次。`,
  },
  'files.checksum-differs': {
    en: (_p: Record<string, never>) =>
      'The content has another MD5 than the one given. Look at the order of the parts, or send them again.',
    'zh-TW': () => '內容的 MD5 與所給的不同。請檢查各部分的順序，或重新傳送。',
  },
  'files.gone': {
    en: (p: { id: string }) => `The file "${p.id}" was deleted while it was read.`,
    'zh-TW': (p) => `檔案「${p.id}」在讀取途中被刪除。`,
  },
})

/** Makes the errors of the files room. */
export const fileError = errorFactory(fileMessages)
