// Entry of the processes of `bench gateway`: the load generator, the mock upstream and the bare dispatch proxy, each in
// a process of its own. argv[2] is JSON: BenchRole.

import { serveParent } from '../../supervisor/index.js'
import { type BenchServer, runBenchLoad, startDispatchProxy, startMockUpstream } from '../../verify/index.js'

export type BenchRole =
  | { readonly role: 'load' }
  | { readonly role: 'upstream'; readonly port?: number }
  | { readonly role: 'dispatch'; readonly origin: string }

const start = async (role: BenchRole): Promise<BenchServer | undefined> => {
  if (role.role === 'upstream') return startMockUpstream(role.port)
  return role.role === 'dispatch' ? startDispatchProxy(role.origin) : undefined
}

const server = start(JSON.parse(process.argv[2] ?? '{}') as BenchRole)

serveParent({
  methods: { port: async () => (await server)?.port, run: runBenchLoad },
  ready: async () => {
    await server
  },
  close: async () => (await server)?.close(),
})
