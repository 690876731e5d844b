// Checks the fields of a chat completion request whose types we know, by name, before an engine trips over them.
// Fields we do not know pass.

import {
  checkFields,
  type FieldRules,
  type Fields,
  flag,
  isListOf,
  isObject,
  isText,
  modelName,
  nonEmptyList,
  number,
  object,
  rule,
  wholeNumber,
} from './check-fields.js'

/** OpenAI's own limits; every choice is a whole answer. */
const maxChoices = 128
const maxStops = 4
const maxTemperature = 2
const tokens = wholeNumber(1, Number.MAX_SAFE_INTEGER)

const rules: FieldRules = {
  required: {
    model: modelName,
    messages: nonEmptyList('message', '訊息'),
  },
  optional: {
    stream: flag,
    n: wholeNumber(1, maxChoices),
    max_tokens: tokens,
    max_completion_tokens: tokens,
    temperature: number(0, maxTemperature),
    top_p: number(0, 1),
    presence_penalty: number(-2, 2),
    frequency_penalty: number(-2, 2),
    seed: rule('a whole number', '整數', Number.isInteger),
    stop: rule(
      `a string or a list of at most ${maxStops} strings`,
      `字串，或最多 ${maxStops} 個字串的清單`,
      (value) =>
        isText(value) || (isListOf(isText)(value) && (value as readonly string[]).length <= maxStops),
    ),
    logprobs: flag,
    top_logprobs: wholeNumber(0, 20),
    tools: rule('a list of objects', '物件的清單', isListOf(isObject)),
    tool_choice: rule(
      '"none", "auto", "required" or an object',
      '"none"、"auto"、"required" 或物件',
      (value) => value === 'none' || value === 'auto' || value === 'required' || isObject(value),
    ),
    parallel_tool_calls: flag,
    response_format: rule(
      'an object with a "type"',
      '含有 "type" 的物件',
      (value) => isObject(value) && 'type' in value,
    ),
    stream_options: object,
  },
}

const jsonSchema = rule('an object with a "name" and a "schema"', '含有 "name" 與 "schema" 的物件', isObject)
const schemaName = rule(
  'a text that names the schema',
  '為 schema 命名的文字',
  (value) => isText(value) && value !== '',
)

/** @throws gateway.field-missing, gateway.field-invalid */
export const validateChat = (body: unknown): void => {
  const { response_format: format } = checkFields(body, rules)
  if (isObject(format) && format.type === 'json_schema') checkJsonSchema(format)
}

/** A schema that is not there would be left out without a word. */
const checkJsonSchema = ({ json_schema: schema }: Fields) => {
  const field = 'response_format.json_schema'
  checkFields({ [field]: schema }, { required: { [field]: jsonSchema } })
  const name = `${field}.name`
  checkFields({ [name]: (schema as Fields).name }, { required: { [name]: schemaName } })
}
