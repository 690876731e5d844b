// What a reader can paste into another terminal to try a system that runs.

import { firstChatRoute } from '../spec/index.js'
import type { CommandContext } from './command-context.js'
import { sampleQuestion } from './sample-question.js'
import type { ServingSystem } from './serve-system.js'

/** @param directory of the project, whose suites know a question that its documents answer */
export const tryLines = (
  system: Pick<ServingSystem, 'url' | 'current'>,
  directory: string,
  { text, language }: Pick<CommandContext, 'text' | 'language'>,
): string[] => {
  const { architecture } = system.current()
  const route = firstChatRoute(architecture)?.name ?? ''
  const question = sampleQuestion(directory, language) ?? text('YOUR QUESTION', '您的問題')
  const body = JSON.stringify({ model: route, messages: [{ role: 'user', content: question }] })
  const key = architecture.server.requireKeys ? ' \\\n    -H "authorization: Bearer $LLM_ARCHITECT_KEY"' : ''
  return [
    text(
      `Serving ${architecture.name} at ${system.url}/v1 (models: ${architecture.routes.map((r) => r.name).join(', ')})`,
      `${architecture.name} 服務中：${system.url}/v1（模型：${architecture.routes.map((r) => r.name).join('、')}）`,
    ),
    '',
    `  curl -s ${system.url}/v1/chat/completions -H 'content-type: application/json'${key} \\`,
    `    -d ${quoted(body)}`,
    '',
    text(
      `Any OpenAI client works with the base URL ${system.url}/v1. Ctrl-C stops it.`,
      `任何 OpenAI 用戶端都能使用，base URL 為 ${system.url}/v1。按 Ctrl-C 停止。`,
    ),
  ]
}

/** One word of a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
