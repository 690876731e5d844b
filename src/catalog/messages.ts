// What can go wrong when the catalogue is asked, in both languages.

import { defineMessages, errorFactory, formatNumber, messageFactory } from '../core/index.js'

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
  'catalog.config-not-a-model': {
    en: (p: { reason: string }) =>
      `This is no configuration of a language model: ${p.reason}. Give the \`config.json\` that lies beside the weights, with fields such as \`model_type\`, \`hidden_size\` and \`num_hidden_layers\`.`,
    'zh-TW': (p) =>
      `這不是語言模型的設定檔：${p.reason}。請提供與權重放在一起的 \`config.json\`，其中有 \`model_type\`、\`hidden_size\`、\`num_hidden_layers\` 等欄位。`,
  },
  'catalog.config-incomplete': {
    en: (p: { field: string }) =>
      `The model configuration has no number \`${p.field}\`, which its architecture needs. Take the file from the model's own repository, or add the field.`,
    'zh-TW': (p) =>
      `模型設定檔缺少此架構需要的數值 \`${p.field}\`。請使用模型原始儲存庫中的檔案，或補上這個欄位。`,
  },
  'catalog.config-unknown-architecture': {
    en: (p: { type: string }) =>
      `The architecture "${p.type}" is not known here; weights and cache are bounded from its standard fields, as for a usual decoder.`,
    'zh-TW': (p) => `目前不認得架構「${p.type}」；權重與快取是以一般解碼器的標準欄位估計上限。`,
  },
  'catalog.config-unknown-quantization': {
    en: (p: { method: string; bits: number }) =>
      `The quantization "${p.method}" is not known here; matrices are taken as ${formatNumber(p.bits)} bits a weight. Name the format with --quantization.`,
    'zh-TW': (p) =>
      `目前不認得量化方式「${p.method}」；矩陣以每個權重 ${formatNumber(p.bits)} 位元計算。請以 --quantization 指定格式。`,
  },
  'catalog.config-unknown-vision': {
    en: (p: { type: string }) =>
      `The vision tower of "${p.type}" is not known here; its weights are estimated from its width and depth.`,
    'zh-TW': (p) => `目前不認得「${p.type}」的視覺編碼器；其權重是由寬度與層數估計。`,
  },
})

export const catalogMessage = messageFactory(catalogMessages)
export const catalogError = errorFactory(catalogMessages)
