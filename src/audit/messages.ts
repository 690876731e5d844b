// What the audit log says, in both languages.

import { defineMessages, errorFactory, messageFactory } from '../core/index.js'

interface At {
  readonly file: string
  /** From 1. */
  readonly line: number
}

export const auditMessages = defineMessages({
  'audit.key-unreadable': {
    en: (p: { path: string; reason: string }) =>
      `The audit log's key ${p.path} cannot be read (${p.reason}). Put the key back from your copy; a new one would not fit the checkpoints you keep.`,
    'zh-TW': (p) =>
      `無法讀取稽核紀錄的金鑰 ${p.path}（${p.reason}）。請以備份還原該金鑰；新的金鑰無法驗證既有的檢查點。`,
  },
  'audit.checkpoint-unreadable': {
    en: (p: { path: string }) =>
      `${p.path} holds no checkpoint. Give a copy of the file \`checkpoint\` of the audit log, as it was.`,
    'zh-TW': (p) => `${p.path} 不是檢查點。請提供稽核紀錄中 \`checkpoint\` 檔案的原樣副本。`,
  },
  'audit.nothing-kept': {
    en: (p: { directory: string }) =>
      `There is no audit log in ${p.directory}. \`serve\` keeps one unless architecture.yaml says \`audit: {enabled: false}\`.`,
    'zh-TW': (p) =>
      `${p.directory} 中沒有稽核紀錄。除非 architecture.yaml 設定 \`audit: {enabled: false}\`，\`serve\` 都會留存稽核紀錄。`,
  },
  'audit.entry-changed': {
    en: (p: At & { n: number }) =>
      `Entry ${p.n} (${p.file}, line ${p.line}) does not continue the chain: it, or the one before it, was changed.`,
    'zh-TW': (p) => `第 ${p.n} 筆（${p.file} 第 ${p.line} 行）未接續雜湊鏈：該筆或前一筆遭到更動。`,
  },
  'audit.entry-out-of-place': {
    en: (p: At & { n: number; expected: number }) =>
      `Entry ${p.n} stands where entry ${p.expected} should (${p.file}, line ${p.line}): lines were moved or put in.`,
    'zh-TW': (p) =>
      `${p.file} 第 ${p.line} 行應為第 ${p.expected} 筆，卻是第 ${p.n} 筆：有資料行遭到移動或插入。`,
  },
  'audit.entries-missing': {
    en: (p: At & { from: number; to: number }) =>
      `Entries ${p.from} to ${p.to} are missing before line ${p.line} of ${p.file}.`,
    'zh-TW': (p) => `${p.file} 第 ${p.line} 行之前缺少第 ${p.from} 至 ${p.to} 筆。`,
  },
  'audit.line-unreadable': {
    en: (p: At) => `Line ${p.line} of ${p.file} is no entry of the audit log.`,
    'zh-TW': (p) => `${p.file} 第 ${p.line} 行不是稽核紀錄。`,
  },
  'audit.beginning-missing': {
    en: (p: { first: number }) =>
      `The log begins with entry ${p.first}, and no entry says that those before it were removed when their time was over.`,
    'zh-TW': (p) => `紀錄從第 ${p.first} 筆開始，且沒有任何紀錄說明先前各筆是因保存期滿而移除。`,
  },
  'audit.cut-off': {
    en: (p: { source: string; n: number; last: number }) =>
      `Checkpoint ${p.source} covers entry ${p.n}, but the log ends with entry ${p.last}: its end was cut off.`,
    'zh-TW': (p) => `檢查點 ${p.source} 涵蓋至第 ${p.n} 筆，但紀錄只到第 ${p.last} 筆：結尾遭到截斷。`,
  },
  'audit.rewritten': {
    en: (p: { source: string; n: number }) =>
      `Entry ${p.n} is another one than checkpoint ${p.source} covers: the log was written anew.`,
    'zh-TW': (p) => `第 ${p.n} 筆與檢查點 ${p.source} 所涵蓋的內容不同：紀錄遭到改寫。`,
  },
  'audit.checkpoint-forged': {
    en: (p: { source: string }) =>
      `Checkpoint ${p.source} is not signed by the log's key: it, or the key, was replaced.`,
    'zh-TW': (p) => `檢查點 ${p.source} 並非以此紀錄的金鑰簽署：檢查點或金鑰遭到替換。`,
  },
  'audit.checkpoint-missing': {
    en: (p: { path: string }) => `The checkpoint ${p.path} is gone or broken, though the log has entries.`,
    'zh-TW': (p) => `紀錄中有資料，但檢查點 ${p.path} 遺失或損毀。`,
  },
  'audit.found-broken': {
    en: (p: { n: number; at: string; problem: string }) =>
      `When serve started at ${p.at} (entry ${p.n}) it found the log before it ${p.problem}.`,
    'zh-TW': (p) => `serve 於 ${p.at} 啟動時（第 ${p.n} 筆）發現先前的紀錄異常：${p.problem}。`,
  },
})

export const auditError = errorFactory(auditMessages)
export const auditMessage = messageFactory(auditMessages)
