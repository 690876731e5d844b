// What a reader can paste into another terminal to try a system that runs.

import type { CommandContext } from './command-context.js'
import type { ServingSystem } from './serve-system.js'

export const tryLines = (system: ServingSystem, text: CommandContext['text']): string[] => {
  const { architecture } = system.current()
  const route = architecture.routes[0]?.name ?? ''
  const question = text('How do I report a lost card?', '信用卡不見了怎麼辦？')
  const body = JSON.stringify({ model: route, messages: [{ role: 'user', content: question }] })
  const key = architecture.server.requireKeys ? ' \\\n    -H "authorization: Bearer $LLM_ARCHITECT_KEY"' : ''
  return [
    text(
      `Serving ${architecture.name} at ${system.url}/v1 (models: ${architecture.routes.map((r) => r.name).join(', ')})`,
      `${architecture.name} 服務中：${system.url}/v1（模型：${architecture.routes.map((r) => r.name).join('、')}）`,
    ),
    '',
    `  curl -s ${system.url}/v1/chat/completions -H 'content-type: application/json'${key} \\`,
    `    -d '${body}'`,
    '',
    `  node -e "import('openai').then(async ({ default: OpenAI }) => { const client = new OpenAI({ baseURL: '${system.url}/v1', apiKey: process.env.LLM_ARCHITECT_KEY ?? 'none' }); const stream = await client.chat.completions.create({ model: '${route}', stream: true, messages: [{ role: 'user', content: '${question}' }] }); for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta?.content ?? '') })"`,
    '',
    text('Ctrl-C stops it.', '按 Ctrl-C 停止。'),
  ]
}
