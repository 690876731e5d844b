// What can go wrong with a source of traffic before its content matters.

import { defineMessages, errorFactory } from '../core/index.js'

export const trafficSourceMessages = defineMessages({
  'cli.traffic-not-found': {
    en: (p: { source: string }) =>
      `${p.source} was not found. --from takes a file (a log or an export, also .gz) or an http(s) address.`,
    'zh-TW': (p) => `找不到 ${p.source}。--from 接受檔案（記錄或匯出檔，可為 .gz）或 http(s) 位址。`,
  },
  'cli.traffic-folder': {
    en: (p: { source: string }) =>
      `${p.source} is a folder. --from takes one file (a log or an export, also .gz) or an http(s) address: name the file in it.`,
    'zh-TW': (p) =>
      `${p.source} 是資料夾。--from 接受單一檔案（記錄或匯出檔，可為 .gz）或 http(s) 位址：請指定其中的檔案。`,
  },
  'cli.traffic-unreadable': {
    en: (p: { source: string; detail: string }) =>
      `${p.source} could not be read: ${p.detail}. What was read before is not used.`,
    'zh-TW': (p) => `無法讀取 ${p.source}：${p.detail}。先前已讀取的部分不採用。`,
  },
  'cli.traffic-status': {
    en: (p: { source: string; status: number; location: string | null }) =>
      `${p.source} answered with status ${p.status}${p.location ? `, which points to ${p.location}: give that address` : ''}. For vLLM the address ends in /metrics; what needs a key is better downloaded first and given as a file.`,
    'zh-TW': (p) =>
      `${p.source} 回應狀態碼 ${p.status}${p.location ? `，指向 ${p.location}：請改用該位址` : ''}。vLLM 的位址以 /metrics 結尾；需要金鑰的內容請先下載，再以檔案提供。`,
  },
  'cli.traffic-too-large': {
    en: (p: { source: string; limitMib: number }) =>
      `${p.source} is larger than ${p.limitMib} MiB. Download it and give the file: files have no limit.`,
    'zh-TW': (p) => `${p.source} 超過 ${p.limitMib} MiB。請先下載再以檔案提供：檔案沒有大小限制。`,
  },
  'cli.traffic-timeout': {
    en: (p: { source: string; seconds: number }) =>
      `${p.source} did not answer completely within ${p.seconds} s. Check that it is running and reachable.`,
    'zh-TW': (p) => `${p.source} 未在 ${p.seconds} 秒內完整回應。請確認它正在執行且可連線。`,
  },
})

export const trafficSourceError = errorFactory(trafficSourceMessages)
