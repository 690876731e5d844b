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
  'files.gone': {
    en: (p: { id: string }) => `The file "${p.id}" was deleted while it was read.`,
    'zh-TW': (p) => `檔案「${p.id}」在讀取途中被刪除。`,
  },
})

/** Makes the errors of the files room. */
export const fileError = errorFactory(fileMessages)
