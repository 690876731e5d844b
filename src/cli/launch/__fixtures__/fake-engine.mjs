// A stand-in for an engine's program: an OpenAI-compatible server with the flags of a real one, and with whatever
// fault the environment asks for.
// FAKE_HELP      file printed for --help         FAKE_VERSION   printed for --version (default 0.32.0)
// FAKE_PRINTS    file printed before it exits 1  FAKE_KILLED    it is killed at once, as by the kernel
// FAKE_LOAD_MS   time to load                    FAKE_TOKEN_MS  time per token
// FAKE_REFUSE    file printed before it exits 1, as long as there is one
// FAKE_STUBBORN  its worker ignores SIGTERM     FAKE_HIDDEN    its worker wipes its environment: nothing can find it

import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'

const {
  FAKE_HELP,
  FAKE_VERSION = '0.32.0',
  FAKE_PRINTS,
  FAKE_KILLED,
  FAKE_LOAD_MS,
  FAKE_TOKEN_MS,
} = process.env
const args = process.argv.slice(2)
if (args.includes('--version')) {
  console.log(FAKE_VERSION)
  process.exit(0)
}
if (args.some((arg) => arg.startsWith('--help'))) {
  if (FAKE_HELP) console.log(readFileSync(FAKE_HELP, 'utf8'))
  process.exit(0)
}
if (FAKE_PRINTS) {
  console.error(readFileSync(FAKE_PRINTS, 'utf8'))
  process.exit(1)
}
if (existsSync(process.env.FAKE_REFUSE ?? '')) {
  console.error(readFileSync(process.env.FAKE_REFUSE, 'utf8'))
  process.exit(1)
}
if (FAKE_KILLED) process.kill(process.pid, 'SIGKILL')

// Engines start workers, and some of these are in a session of their own.
const worker = spawn(
  '/bin/sh',
  ['-c', `${process.env.FAKE_STUBBORN ? "trap '' TERM; " : ''}exec sleep 100000`],
  { detached: true, stdio: 'inherit', ...(process.env.FAKE_HIDDEN ? { env: {} } : {}) },
)
worker.unref()
await delay(Number(FAKE_LOAD_MS ?? 0))

let running = 0
let written = 0
const words = ['The', ' fake', ' engine', ' answers', '.']
const usage = { prompt_tokens: 7, completion_tokens: words.length, total_tokens: 7 + words.length }
const model = args[args.indexOf('--served-model-name') + 1] ?? 'fake'

const write = async (response, { stream }) => {
  const base = { id: 'chatcmpl-1', created: 1, model }
  if (stream) response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const content of words) {
    await delay(Number(FAKE_TOKEN_MS ?? 0))
    written++
    if (!stream) continue
    const choices = [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }]
    response.write(`data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', choices })}\n\n`)
  }
  if (stream) {
    const choices = [{ index: 0, delta: {}, finish_reason: 'stop' }]
    response.write(`data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', choices })}\n\n`)
    response.write(
      `data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', choices: [], usage })}\n\n`,
    )
    return response.end('data: [DONE]\n\n')
  }
  const message = { role: 'assistant', content: words.join('') }
  const choices = [{ index: 0, message, finish_reason: 'stop' }]
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ ...base, object: 'chat.completion', choices, usage }))
}

const metrics = () => `vllm:num_requests_running{engine="0",model_name="${model}"} ${running}
vllm:num_requests_waiting{engine="0",model_name="${model}"} 2.0
vllm:kv_cache_usage_perc{engine="0",model_name="${model}"} 0.25
vllm:prefix_cache_queries_total{engine="0",model_name="${model}"} 400.0
vllm:prefix_cache_hits_total{engine="0",model_name="${model}"} 100.0
vllm:generation_tokens_total{engine="0",model_name="${model}"} ${written}
`

createServer(async (request, response) => {
  if (request.url === '/metrics') return response.end(metrics())
  if (request.url === '/pids') return response.end(JSON.stringify([process.pid, worker.pid]))
  if (request.url !== '/v1/chat/completions') return response.end('ok')
  let body = ''
  for await (const chunk of request) body += chunk
  running++
  await write(response, JSON.parse(body))
  running--
}).listen(Number(args[args.indexOf('--port') + 1]), '127.0.0.1')
