// What the supervisor says to people, in both languages.

import { defineMessages, errorFactory } from '../core/index.js'

export const supervisorMessages = defineMessages({
  'supervisor.directory-locked': {
    en: (p: { directory: string; pid: number; startedAt: string }) =>
      `${p.directory} is in use by process ${p.pid}, running since ${p.startedAt}. Stop that process, or use another directory.`,
    'zh-TW': (p) =>
      `${p.directory} 正由程序 ${p.pid} 使用（自 ${p.startedAt} 起執行）。請先停止該程序，或改用其他目錄。`,
  },
  'supervisor.directory-unwritable': {
    en: (p: { directory: string; detail: string }) =>
      `No lock can be written in ${p.directory} (${p.detail}). Make the directory writable, or use another one.`,
    'zh-TW': (p) => `無法在 ${p.directory} 寫入鎖定檔（${p.detail}）。請讓目錄可寫入，或改用其他目錄。`,
  },
  'supervisor.lock-unreadable': {
    en: (p: { file: string }) =>
      `${p.file} is damaged, so nobody can tell who uses the directory. Make sure that nothing runs there, remove the file and try again.`,
    'zh-TW': (p) => `${p.file} 已損壞，無法判斷目錄由誰使用。請確認沒有程序在執行，移除該檔案後再試一次。`,
  },
  'supervisor.child-not-started': {
    en: (p: { name: string; attempts: number; detail: string }) =>
      `The ${p.name} process did not start in ${p.attempts} attempts. Last cause: ${p.detail}. Fix that cause and start again.`,
    'zh-TW': (p) =>
      `${p.name} 程序嘗試 ${p.attempts} 次仍無法啟動。最後的原因：${p.detail}。請排除後重新啟動。`,
  },
  'supervisor.child-crashed': {
    en: (p: { name: string; detail: string }) =>
      `The ${p.name} process ended in the middle of this call (${p.detail}) and is being restarted. Try again.`,
    'zh-TW': (p) => `${p.name} 程序在處理期間結束（${p.detail}），正在重新啟動。請再試一次。`,
  },
  'supervisor.child-away': {
    en: (p: { name: string; detail: string }) =>
      `The ${p.name} process is not running (${p.detail}). It is restarted automatically: try again later, and see the log if it stays away.`,
    'zh-TW': (p) =>
      `${p.name} 程序目前未執行（${p.detail}）。系統會自動重新啟動：請稍後再試；若持續無法使用，請查看記錄檔。`,
  },
  'supervisor.child-closed': {
    en: (p: { name: string }) =>
      `The ${p.name} process has been shut down. Start the system again to use it.`,
    'zh-TW': (p) => `${p.name} 程序已關閉。請重新啟動系統後再使用。`,
  },
  'supervisor.request-timeout': {
    en: (p: { name: string; method: string; timeoutMs: number }) =>
      `The ${p.name} process did not answer "${p.method}" within ${p.timeoutMs} ms. Ask for less at once, or allow more time.`,
    'zh-TW': (p) =>
      `${p.name} 程序未在 ${p.timeoutMs} 毫秒內回應「${p.method}」。請減少單次的工作量，或放寬時限。`,
  },
  'supervisor.unknown-method': {
    en: (p: { method: string }) =>
      `The child process has no method "${p.method}". Both processes must be of the same version: rebuild, and start again.`,
    'zh-TW': (p) => `子程序沒有「${p.method}」這個方法。兩個程序的版本必須一致：請重新建置後再啟動。`,
  },
  'supervisor.frame-too-large': {
    en: (p: { bytes: number; maxBytes: number }) =>
      `A message of ${p.bytes} bytes exceeds the ${p.maxBytes} that fit between two processes. Send it in parts.`,
    'zh-TW': (p) => `訊息有 ${p.bytes} 位元組，超過程序間的上限 ${p.maxBytes}。請分成多次傳送。`,
  },
})

/** Makes the errors of the supervisor. */
export const supervisorError = errorFactory(supervisorMessages)
