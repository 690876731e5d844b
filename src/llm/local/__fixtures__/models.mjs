// A process that loads one model after the other and lets it go, where a process of its own for each takes long:
// native code may crash it. One method, `load`, whose parameter is `LlamaArguments`.

import { Ajv2020 } from 'ajv/dist/2020.js'
import * as library from 'node-llama-cpp'
import { silentLog } from '../../../../dist/core/index.js'
// biome-ignore lint/style/noRestrictedImports: a process of its own runs what was built
import { createLlamaEngine } from '../../../../dist/llm/index.js'
import { serveParent } from '../../../../dist/supervisor/index.js'

const { signal } = new AbortController()

serveParent({
  methods: {
    load: async (args) => {
      const engine = await createLlamaEngine({
        library,
        validator: Ajv2020,
        args,
        log: silentLog,
        interrupted: signal,
      })
      await engine.close()
    },
  },
})
