// A process that holds many models, where a process of its own for each takes long: native code may crash it. Methods:
// `load` {id, args: LlamaArguments}, `ask` {id, method, params} as a llama process answers it, `unload` {id}.

import { Ajv2020 } from 'ajv/dist/2020.js'
import * as nodeLlamaCpp from 'node-llama-cpp'
import { silentLog } from '../../../../dist/core/index.js'
// biome-ignore lint/style/noRestrictedImports: a process of its own runs what was built, and loads no more of the room
import { createLlamaEngine, llamaMethods } from '../../../../dist/llm/local/llama-engine.js'
import { serveParent } from '../../../../dist/supervisor/index.js'

const { signal } = new AbortController()
const engines = new Map()

let llama
/** llama.cpp is started once: each start tries it out in a process of its own first. */
const library = {
  ...nodeLlamaCpp,
  getLlama: async (options) => {
    llama ??= await nodeLlamaCpp.getLlama(options)
    llama.logger = options.logger
    llama.dispose = async () => {}
    return llama
  },
}

serveParent({
  methods: {
    load: async ({ id, args }) => {
      const engine = await createLlamaEngine({
        library,
        validator: Ajv2020,
        args,
        log: silentLog,
        interrupted: signal,
      })
      engines.set(id, engine)
    },
    ask: ({ id, method, params }, ...rest) => llamaMethods(() => engines.get(id))[method](params, ...rest),
    unload: async ({ id }) => {
      await engines.get(id)?.close()
      engines.delete(id)
    },
  },
})
