// The messages that belong to no domain.

import { defineMessages } from './messages.js'

export const coreMessages = defineMessages({
  'core.unexpected': {
    en: (p: { detail: string }) => `Unexpected failure: ${p.detail}`,
    'zh-TW': (p) => `未預期的錯誤：${p.detail}`,
  },
})
