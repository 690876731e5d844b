// Checks the fields of a request of the Responses API whose types we know, by name. Fields we do not know pass, and
// an engine that cannot express them refuses them.

import {
  checkFields,
  type FieldRules,
  type Fields,
  flag,
  isListOf,
  isObject,
  isText,
  modelName,
  number,
  object,
  rule,
  wholeNumber,
} from '../check-fields.js'

const text = rule('a text', '文字', isText)
const named = rule('a text that is not empty', '非空白的文字', (value) => isText(value) && value !== '')

const isMetadata = (value: unknown) =>
  isObject(value) &&
  Object.keys(value).length <= 16 &&
  Object.entries(value).every(([key, entry]) => key.length <= 64 && isText(entry) && entry.length <= 512)

export const metadata = rule(
  'an object of at most 16 texts, with keys of at most 64 and values of at most 512 characters',
  '最多 16 組文字的物件，鍵最長 64 字元、值最長 512 字元',
  isMetadata,
)

const input = rule(
  'a text or a list of at least one item',
  '文字，或至少一個項目的清單',
  (value) => isText(value) || (isListOf(isObject)(value) && (value as readonly unknown[]).length > 0),
)

/** What creating a response and counting its tokens have in common. */
const shared: FieldRules['optional'] = {
  input,
  instructions: text,
  previous_response_id: named,
  conversation: rule(
    'the id of a conversation, or an object with it as "id"',
    '對話的 id，或以 "id" 指出對話的物件',
    (value) => (isText(value) && value !== '') || (isObject(value) && isText(value.id)),
  ),
  tools: rule('a list of objects', '物件的清單', isListOf(isObject)),
  tool_choice: rule(
    '"none", "auto", "required" or an object',
    '"none"、"auto"、"required" 或物件',
    (value) => value === 'none' || value === 'auto' || value === 'required' || isObject(value),
  ),
  parallel_tool_calls: flag,
  text: object,
  reasoning: object,
  truncation: rule(
    '"auto" or "disabled"',
    '"auto" 或 "disabled"',
    (value) => value === 'auto' || value === 'disabled',
  ),
}

const creating: FieldRules = {
  required: { model: modelName },
  optional: {
    ...shared,
    stream: flag,
    store: flag,
    background: flag,
    max_output_tokens: wholeNumber(1, Number.MAX_SAFE_INTEGER),
    max_tool_calls: wholeNumber(1, Number.MAX_SAFE_INTEGER),
    temperature: number(0, 2),
    top_p: number(0, 1),
    top_logprobs: wholeNumber(0, 20),
    include: rule('a list of texts', '文字的清單', isListOf(isText)),
    metadata,
    stream_options: object,
  },
}

const counting: FieldRules = { required: { model: modelName }, optional: shared }

const compacting: FieldRules = {
  required: { model: modelName },
  optional: { input, instructions: text, previous_response_id: named },
}

/** @throws as `checkCreation` */
export const checkCompaction = (body: unknown): Fields => checkNested(checkFields(body, compacting))

/** @throws gateway.field-missing, gateway.field-invalid */
export const checkCreation = (body: unknown): Fields => checkNested(checkFields(body, creating))

/** @throws as `checkCreation` */
export const checkCounting = (body: unknown): Fields => checkNested(checkFields(body, counting))

const checkNested = (fields: Fields): Fields => {
  if (fields.input == null && fields.previous_response_id == null && fields.conversation == null)
    checkFields({}, { required: { input } })
  if (fields.conversation != null) {
    refuseBeside('previous_response_id', fields.previous_response_id, fields.previous_response_id == null)
    refuseBeside('store', fields.store, fields.store !== false)
  }
  if (fields.background === true) refuseBeside('store', fields.store, fields.store !== false, 'background')
  checkFormat(fields.text)
  for (const [i, tool] of ((fields.tools ?? []) as readonly Fields[]).entries())
    if (tool.type === 'function') checkOne(`tools[${i}].name`, tool.name, named)
    else checkOne(`tools[${i}].type`, tool.type, named)
  return fields
}

const checkOne = (field: string, value: unknown, expected: typeof named) =>
  checkFields({ [field]: value }, { required: { [field]: expected } })

const refuseBeside = (field: string, value: unknown, isFine: boolean, beside = 'conversation') => {
  const words =
    field === 'store'
      ? rule(
          beside === 'background'
            ? 'true where "background" is, since the answer is asked for later'
            : 'true where there is a "conversation", which stores what is said',
          beside === 'background'
            ? 'true，因為 "background" 的回答要留待日後查詢'
            : 'true，因為 "conversation" 會儲存對話內容',
          () => isFine,
        )
      : rule('left out where there is a "conversation"', '省略，因為已指定 "conversation"', () => isFine)
  checkFields({ [field]: value }, { optional: { [field]: words } })
}

const format = rule(
  'an object whose "type" is "text", "json_object" or "json_schema"',
  '"type" 為 "text"、"json_object" 或 "json_schema" 的物件',
  (value) => isObject(value) && ['text', 'json_object', 'json_schema'].includes(String(value.type)),
)

/** A schema that is not there would be left out without a word. */
const checkFormat = (value: unknown) => {
  if (!isObject(value) || value.format == null) return
  checkOne('text.format', value.format, format)
  const { type, name, schema } = value.format as Fields
  if (type !== 'json_schema') return
  checkOne('text.format.name', name, named)
  checkOne('text.format.schema', schema, object)
}
