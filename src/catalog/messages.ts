// What can go wrong when the catalogue is asked, in both languages.

import { defineMessages, errorFactory, formatNumber, type Language, messageFactory } from '../core/index.js'
import type { FieldProblem } from './hf-config/fields.js'

/** Why a file is not a model's. */
export type NotAModel =
  | 'not-json'
  | 'not-an-object'
  | 'adapter'
  | 'tokenizer'
  | 'params'
  | 'encoder-decoder'
  | 'no-field'

const notAModel: Readonly<Record<Language, Readonly<Record<NotAModel, string>>>> = {
  en: {
    'not-json': 'it is not JSON',
    'not-an-object': 'it is not a JSON object',
    adapter: 'it is that of an adapter (`peft_type`)',
    tokenizer: 'it is that of a tokenizer (`tokenizer_class`)',
    params: 'it is a `params.json` (`dim`, `n_layers`)',
    'encoder-decoder': 'the model has an encoder (`is_encoder_decoder`)',
    'no-field': 'it has neither `model_type` nor `hidden_size`',
  },
  'zh-TW': {
    'not-json': '不是 JSON',
    'not-an-object': '不是 JSON 物件',
    adapter: '這是轉接器的設定（`peft_type`）',
    tokenizer: '這是分詞器的設定（`tokenizer_class`）',
    params: '這是 `params.json`（`dim`、`n_layers`）',
    'encoder-decoder': '此模型有編碼器（`is_encoder_decoder`）',
    'no-field': '沒有 `model_type`，也沒有 `hidden_size`',
  },
}

type Wanted = Pick<FieldProblem, 'most' | 'divides'>

const expected = {
  en: ({ most, divides }: Wanted) =>
    divides === null
      ? `a whole number from 1 to ${formatNumber(most)}`
      : `a divisor of \`${divides}\`${divides === 'hidden_size' ? ', or a `head_dim` beside it' : ''}`,
  'zh-TW': ({ most, divides }: Wanted) =>
    divides === null
      ? ` 1 至 ${formatNumber(most)} 的整數`
      : ` \`${divides}\` 的因數${divides === 'hidden_size' ? '，或另有 `head_dim`' : ''}`,
} as const

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
    en: (p: { file: string; reason: NotAModel }) =>
      `${p.file} is no configuration of a language model: ${notAModel.en[p.reason]}. Give the \`config.json\` that lies beside the weights, with fields such as \`model_type\`, \`hidden_size\` and \`num_hidden_layers\`.`,
    'zh-TW': (p) =>
      `${p.file} 不是語言模型的設定檔：${notAModel['zh-TW'][p.reason]}。請提供與權重放在一起的 \`config.json\`，其中有 \`model_type\`、\`hidden_size\`、\`num_hidden_layers\` 等欄位。`,
  },
  'catalog.config-broken': {
    en: (p: { file: string; problems: readonly FieldProblem[] }) =>
      `${p.file} does not describe a model: ${p.problems.map(({ field, found, ...wanted }) => `\`${field}\` ${found === null ? 'is missing' : `is ${found}`} (expected: ${expected.en(wanted)})`).join('; ')}. Take the file from the model's own repository, or correct ${p.problems.length === 1 ? 'the field' : 'the fields'}.`,
    'zh-TW': (p) =>
      `${p.file} 無法描述模型：${p.problems.map(({ field, found, ...wanted }) => `${found === null ? `缺少 \`${field}\`` : `\`${field}\` 為 ${found}`}（應為${expected['zh-TW'](wanted)}）`).join('；')}。請使用模型原始儲存庫中的檔案，或更正${p.problems.length === 1 ? '這個' : '這些'}欄位。`,
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
