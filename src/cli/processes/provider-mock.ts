// Entry of the provider mock's process. argv[2] is JSON: ProviderOptions. One method, `address`.

import { systemClock } from '../../core/index.js'
import { serveParent } from '../../supervisor/index.js'
import { type ProviderOptions, type ProviderServer, startProvider } from '../../verify/index.js'

const options = JSON.parse(process.argv[2] ?? '{}') as ProviderOptions
const server: Promise<ProviderServer> = startProvider(options, { clock: systemClock })

serveParent({
  methods: { address: async () => (await server).address },
  ready: async () => {
    await server
  },
  close: async () => (await server).close(),
})
