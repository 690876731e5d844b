// What can go wrong when the catalogue is asked, in both languages.

import { defineMessages, errorFactory } from '../core/index.js'

export const catalogMessages = defineMessages({
  'catalog.unknown-model': {
    en: (p: { name: string; suggestion: string | null }) =>
      `The catalogue has no model "${p.name}".${p.suggestion === null ? ' Run `llm-architect models` for the list.' : ` Did you mean "${p.suggestion}"?`}`,
    'zh-TW': (p) =>
      `目錄中沒有模型「${p.name}」。${p.suggestion === null ? '請執行 `llm-architect models` 查看清單。' : `您是不是要寫「${p.suggestion}」？`}`,
  },
  'catalog.unknown-accelerator': {
    en: (p: { name: string; suggestion: string | null }) =>
      `The catalogue has no accelerator "${p.name}".${p.suggestion === null ? ' Use a name such as h100_sxm, a100_pcie or l40s.' : ` Did you mean "${p.suggestion}"?`}`,
    'zh-TW': (p) =>
      `目錄中沒有加速器「${p.name}」。${p.suggestion === null ? '請使用像 h100_sxm、a100_pcie、l40s 這樣的名稱。' : `您是不是要寫「${p.suggestion}」？`}`,
  },
})

export const catalogError = errorFactory(catalogMessages)
