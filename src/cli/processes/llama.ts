// Entry of the process of a local model: answers chats, embeds texts and ranks documents for the parent at the other end of standard
// input. argv[2] is `LlamaArguments` as JSON, with `logLevel?`. The one place that loads llama.cpp.

import { Ajv2020 } from 'ajv/dist/2020.js'
import * as library from 'node-llama-cpp'
import { createLlamaEngine, type LlamaArguments, type LlamaEngine, llamaMethods } from '../../llm/index.js'
import { serveParent } from '../../supervisor/index.js'
import { createLogger, type LogLevel } from '../../telemetry/index.js'

const { logLevel = 'info', ...args } = JSON.parse(process.argv[2] ?? '{}') as LlamaArguments & {
  logLevel?: LogLevel
}
const log = createLogger({ level: logLevel, stream: process.stderr, name: 'llama' })
let engine: LlamaEngine | undefined
const interrupt = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => interrupt.abort(signal))

serveParent({
  methods: llamaMethods(() => engine as LlamaEngine),
  ready: async () => {
    engine = await createLlamaEngine({
      library,
      validator: Ajv2020,
      args,
      log,
      interrupted: interrupt.signal,
    })
  },
  close: async () => {
    await engine?.close()
    log.flush()
  },
})
