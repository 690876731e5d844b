// Entry of the processes of `bench gateway`: the load generator, the mock upstream and the bare dispatch proxy, each in
// a process of its own. argv[2] is JSON: BenchRole.

import { serveParent } from '../../supervisor/index.js'
import {
  type BenchServer,
  createBilledAnswers,
  createInvoice,
  type InvoicePrice,
  runBenchLoad,
  runSoak,
  startDispatchProxy,
  startMockUpstream,
  type TokenStreams,
} from '../../verify/index.js'

export type BenchRole =
  | { readonly role: 'load' }
  | {
      readonly role: 'upstream'
      readonly port?: number
      /** By model: it answers the requests of a soak and keeps an invoice. */
      readonly prices?: Readonly<Record<string, InvoicePrice>>
      /** Texts that it streams token by token to who asks for them. */
      readonly tokens?: TokenStreams
    }
  | { readonly role: 'dispatch'; readonly origin: string }

const role = JSON.parse(process.argv[2] ?? '{}') as BenchRole
const invoice = createInvoice(('prices' in role && role.prices) || {})

const billed = () => {
  const answer = createBilledAnswers()
  return (path: string, body: string) => {
    const given = answer(path, body)
    invoice.add(given.entry)
    return given
  }
}

const start = async (): Promise<BenchServer | undefined> => {
  if (role.role === 'upstream') return startMockUpstream({ ...role, billed: role.prices && billed() })
  return role.role === 'dispatch' ? startDispatchProxy(role.origin) : undefined
}

const server = start()

serveParent({
  methods: {
    port: async () => (await server)?.port,
    run: runBenchLoad,
    soak: runSoak,
    invoice: async () => invoice.lines(),
  },
  ready: async () => {
    await server
  },
  close: async () => (await server)?.close(),
})
