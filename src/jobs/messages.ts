// What the job queue says to people, in both languages.

import { defineMessages, errorFactory } from '../core/index.js'

export const jobMessages = defineMessages({
  'jobs.unknown': {
    en: (p: { id: string }) => `There is no job ${p.id}. List the jobs to see which ones exist.`,
    'zh-TW': (p) => `沒有編號 ${p.id} 的工作。請列出所有工作以確認編號。`,
  },
  'jobs.abandoned': {
    en: (p: { id: string; kind: string; attempts: number }) =>
      `Job ${p.id} (${p.kind}) was started ${p.attempts} times and each time its process ended before it did. See the log for what ended it, then start the job again.`,
    'zh-TW': (p) =>
      `工作 ${p.id}（${p.kind}）已啟動 ${p.attempts} 次，每次執行它的程序都提前結束。請查看記錄檔找出原因，再重新啟動工作。`,
  },
  'jobs.lease-lost': {
    en: (p: { id: string }) =>
      `Job ${p.id} was cancelled or taken over by another process, so this run of it ends.`,
    'zh-TW': (p) => `工作 ${p.id} 已被取消或由其他程序接手，因此結束這次執行。`,
  },
  'jobs.closing': {
    en: (p: { id: string }) => `The system is shutting down; job ${p.id} goes on at the next start.`,
    'zh-TW': (p) => `系統正在關閉；工作 ${p.id} 會在下次啟動時繼續。`,
  },
})

/** Makes the errors of the job queue. */
export const jobError = errorFactory(jobMessages)
