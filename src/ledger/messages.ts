// What the ledger says, in both languages.

import { defineMessages, errorFactory } from '../core/index.js'

export const ledgerMessages = defineMessages({
  'ledger.journal-full': {
    en: (p: { directory: string; reason: string }) =>
      `New work is refused because the journal in ${p.directory} takes no more (${p.reason}). Free space, repair the disk or bring the database back; work is taken again as soon as the journal can be written.`,
    'zh-TW': (p) =>
      `${p.directory} 中的日誌無法再寫入（${p.reason}），因此暫停接受新的工作。請釋出空間、修復磁碟或恢復資料庫；日誌可以寫入後會自動繼續接受工作。`,
  },
  'ledger.journal-newer': {
    en: (p: { file: string; line: number }) =>
      `Line ${p.line} of ${p.file} was written by a newer version of llm-architect. Start that version once so that it can finish the journal, then this one.`,
    'zh-TW': (p) =>
      `${p.file} 的第 ${p.line} 行是由較新版本的 llm-architect 寫入的。請先用該版本啟動一次，讓它處理完日誌，再使用此版本。`,
  },
  'ledger.settle-failed': {
    en: (p: { requestId: string; attempt: number; reason: string }) =>
      `Attempt ${p.attempt} of request ${p.requestId} is over, but neither the journal nor the database took its row yet (${p.reason}). It is kept in memory and written as soon as one of them works; repair the disk or the database before stopping the process.`,
    'zh-TW': (p) =>
      `請求 ${p.requestId} 的第 ${p.attempt} 次嘗試已結束，但日誌與資料庫都還沒寫入這一筆（${p.reason}）。記錄保留在記憶體中，待其中之一恢復後立即寫入；請在停止程序之前修復磁碟或資料庫。`,
  },
  'ledger.budget-exceeded': {
    en: (p: { keyId: string; limitUsd: number; usedUsd: number; neededUsd: number }) =>
      `The monthly budget of key ${p.keyId} does not allow this request: $${p.usedUsd} of $${p.limitUsd} are used or reserved, and it may cost $${p.neededUsd}. Raise the budget, ask for a shorter answer, or wait for the first of the month (UTC).`,
    'zh-TW': (p) =>
      `金鑰 ${p.keyId} 的每月預算不足以處理此請求：$${p.limitUsd} 之中已使用或預留 $${p.usedUsd}，而此請求最多可能花費 $${p.neededUsd}。請提高預算、要求較短的回答，或等到下個月一日（UTC）。`,
  },
  'ledger.token-limit-exceeded': {
    en: (p: { keyId: string; limit: number; needed: number; retryAfterMs: number | null }) =>
      p.retryAfterMs === null
        ? `This request may need ${p.needed} tokens, more than key ${p.keyId} may use per minute (${p.limit}). Shorten it, ask for a shorter answer, or raise the limit.`
        : `Key ${p.keyId} has used its ${p.limit} tokens per minute. Try again in ${Math.ceil(p.retryAfterMs / 1000)} s, or raise the limit.`,
    'zh-TW': (p) =>
      p.retryAfterMs === null
        ? `此請求可能需要 ${p.needed} 個 token，超過金鑰 ${p.keyId} 每分鐘的上限（${p.limit}）。請縮短請求、要求較短的回答，或提高上限。`
        : `金鑰 ${p.keyId} 已用完每分鐘 ${p.limit} 個 token 的額度。請在 ${Math.ceil(p.retryAfterMs / 1000)} 秒後再試，或提高上限。`,
  },
  'ledger.store-away': {
    en: (p: { reason: string }) =>
      `The database does not answer (${p.reason}), so the ledger cannot be read. Nothing is lost: the journal keeps the rows. Try again when the database is back.`,
    'zh-TW': (p) =>
      `資料庫沒有回應（${p.reason}），因此無法讀取帳本。資料沒有遺失：日誌保存著所有記錄。請在資料庫恢復後再試。`,
  },
  'ledger.cursor-invalid': {
    en: (p: { cursor: string }) =>
      `\`${p.cursor}\` is not a position in the ledger. Pass the \`next\` of the page before, unchanged.`,
    'zh-TW': (p) => `「${p.cursor}」不是帳本中的有效位置。請原樣傳入上一頁的 next 值。`,
  },
  'ledger.closed': {
    en: (_: Record<string, never>) =>
      'The ledger is closed, so no new work is taken. Start the system again.',
    'zh-TW': () => '帳本已關閉，不再接受新的工作。請重新啟動系統。',
  },
  'ledger.unsettled': {
    en: (_: Record<string, never>) =>
      'The process ended before this attempt was settled, so its usage and cost are unknown. Compare with the provider’s own records.',
    'zh-TW': () => '程序在此次嘗試結算之前就結束了，因此用量與費用不明。請與供應商的記錄核對。',
  },
})

export const ledgerError = errorFactory(ledgerMessages)
