// The fields that chat completions and the Messages API have in common, as the latter writes them.

import type { ChatRequest } from '../contract.js'
import { compact, type Fields, objectOf } from './fields.js'
import { clientName, notExpressible } from './foreign-fields.js'

const dialect = 'anthropic-messages'
/** Of `reasoning_effort`, what `output_config.effort` has as well. */
const efforts: ReadonlySet<unknown> = new Set(['low', 'medium', 'high', 'xhigh', 'max'])

/**
 * @param body a request of the Messages API
 * @param fields as chat completions have them
 * @throws `llm.request-not-expressible` for what the Messages API has no word for
 */
export const writeSpokenFields = (
  { dialect: from, tools, toolChoice }: Pick<ChatRequest, 'dialect' | 'tools' | 'toolChoice'>,
  { body, fields }: { readonly body: Fields; readonly fields: Fields },
): Fields => {
  const { parallel_tool_calls: isParallel, reasoning_effort: effort, ...others } = fields
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) notExpressible(clientName(from, unknown), dialect)
  if (effort !== undefined && !efforts.has(effort))
    notExpressible(clientName(from, 'reasoning_effort'), dialect)
  const isAlone = isParallel === false && (tools?.length ?? 0) > 0 && toolChoice !== 'none'
  const choice = objectOf(body.tool_choice) ?? { type: 'auto' }
  return compact({
    tool_choice: isAlone ? { ...choice, disable_parallel_tool_use: true } : undefined,
    output_config: effort === undefined ? undefined : { ...objectOf(body.output_config), effort },
  })
}
