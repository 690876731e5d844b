// What a gateway costs at the least: the bare dispatch proxy, and step by step what no gateway that keeps keys, guards, an
// answer cache, a ledger and an audit log can do without, each as a few lines in one function: no routes, stages, dialects,
// retries, deadlines or errors. Then the same on bare sockets, which read no more of HTTP than a length: what is left when
// nothing of `node:http` and undici is. Throughput of each step beside that of the proxy, in interleaved rounds. Run
// after `npm run build`, on a machine with nothing else to do:
//   node benchmarks/gateway-floor.ts [--rounds 5] [--seconds 2] [--warm-up 10]
// The servers run on the first core, the load generator and the mock upstream on the second.

import { execFileSync, spawn } from 'node:child_process'
import { hash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { createServer } from 'node:http'
import {
  type AddressInfo,
  connect,
  createServer as createSocketServer,
  type Server,
  type Socket,
} from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Pool } from 'undici'
import { createGuardrails } from '../dist/guardrails/index.js'
import { architectureSchema } from '../dist/spec/index.js'
import { runBenchLoad, startDispatchProxy, startMockUpstream } from '../dist/verify/index.js'

const parts = ['whole answers, keys', '+ guards', '+ cache', '+ journal', '+ audit log'] as const
/** How many of the parts, on which transport. */
const steps = [
  { name: 'dispatch', last: 0, transport: 'dispatch' },
  ...parts.map((name, i) => ({ name, last: i + 1, transport: 'http' })),
  { name: 'sockets, nothing', last: 0, transport: 'sockets' },
  { name: 'sockets, all parts', last: parts.length, transport: 'sockets' },
]
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    'warm-up': { type: 'string', default: '10' },
    serve: { type: 'string' },
    origin: { type: 'string', default: '' },
    directory: { type: 'string', default: '' },
  },
})

interface Asked {
  readonly body: Buffer
  readonly authorization: string
  reply(head: Readonly<Record<string, string>>, body: Buffer): void
  onLeft(left: () => void): void
}

interface Transport {
  listen(handle: (asked: Asked) => void): Promise<number>
  /** @param abort gives the call up */
  call(sent: Buffer, abort: AbortSignal, onAnswer: (body: Buffer) => void): void
}

/** `node:http` and undici, as the dispatch proxy uses them. */
const httpTransport = (origin: string): Transport => {
  const pool = new Pool(origin, { connections: 2048, pipelining: 1, allowH2: false })
  return {
    listen: (handle) => {
      const server = createServer((request, response) => {
        const read: Buffer[] = []
        request.on('data', (part: Buffer) => read.push(part))
        request.on('end', () =>
          handle({
            body: Buffer.concat(read),
            authorization: request.headers.authorization ?? '',
            onLeft: (left) => response.once('close', () => response.writableFinished || left()),
            reply: (head, body) => {
              response.writeHead(200, {
                ...head,
                'content-type': 'application/json',
                'content-length': body.length,
              })
              response.end(body)
            },
          }),
        )
      })
      return listening(server)
    },
    call: (body, signal, onAnswer) => {
      const read: Buffer[] = []
      const headers = { 'content-type': 'application/json' }
      pool.dispatch(
        { origin, path: chatPath, method: 'POST', headers, body },
        {
          onRequestStart: (controller) =>
            signal.addEventListener('abort', () => controller.abort(new Error('left')), { once: true }),
          onResponseStart: () => {},
          onResponseData: (_controller, part) => void read.push(part),
          onResponseEnd: () => onAnswer(Buffer.concat(read)),
          onResponseError: (_controller, error) => {
            throw error
          },
        },
      )
    },
  }
}

/** Keep-alive connections that read of a head nothing but lengths and the key. No gateway could do with that. */
const socketTransport = (origin: string): Transport => {
  const { hostname, port } = new URL(origin)
  const idle: { readonly socket: Socket; onAnswer: (body: Buffer) => void }[] = []
  const open = (onAnswer: (body: Buffer) => void) => {
    const upstream = { socket: connect({ host: hostname, port: Number(port), noDelay: true }), onAnswer }
    readMessages(upstream.socket, (_head, body) => {
      idle.push(upstream)
      upstream.onAnswer(body)
    })
    return upstream
  }
  return {
    listen: (handle) =>
      listening(
        createSocketServer({ noDelay: true }, (socket) => {
          socket.on('error', () => socket.destroy())
          readMessages(socket, (head, body) =>
            handle({
              body,
              authorization: /^authorization: (.*)$/im.exec(head)?.[1] ?? '',
              onLeft: (left) => socket.once('close', left),
              reply: (added, answer) => {
                let lines = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n'
                for (const name in added) lines += `${name}: ${added[name]}\r\n`
                socket.removeAllListeners('close')
                socket.write(
                  `${lines}content-length: ${answer.length}\r\n\r\n${answer.latin1Slice()}`,
                  'latin1',
                )
              },
            }),
          )
        }),
      ),
    call: (sent, _signal, onAnswer) => {
      const upstream = idle.pop() ?? open(onAnswer)
      upstream.onAnswer = onAnswer
      const head = `POST ${chatPath} HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\n`
      upstream.socket.write(`${head}content-length: ${sent.length}\r\n\r\n${sent.latin1Slice()}`, 'latin1')
    },
  }
}

const chatPath = '/v1/chat/completions'

const listening = async (server: Server): Promise<number> => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const readMessages = (socket: Socket, onMessage: (head: string, body: Buffer) => void) => {
  let read: Buffer = Buffer.alloc(0)
  socket.on('data', (bytes) => {
    read = read.length === 0 ? bytes : Buffer.concat([read, bytes])
    const end = read.indexOf('\r\n\r\n')
    if (end < 0) return
    const head = read.latin1Slice(0, end)
    const bodyAt = end + 4
    const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0)
    if (read.length < bodyAt + length) return
    const body = read.subarray(bodyAt, bodyAt + length)
    read = read.subarray(bodyAt + length)
    onMessage(head, body)
  })
}

interface Answering extends Asked {
  readonly id: string
}

interface Floor {
  readonly last: number
  readonly transport: Transport
  readonly origin: string
  readonly directory: string
}

/** A server that does the parts up to `last`. */
const serveSteps = async ({ last, transport, origin, directory }: Floor): Promise<number> => {
  const [guarded, caches, records, audits] = [last >= 2, last >= 3, last >= 4, last >= 5]
  const { guardrails } = architectureSchema.parse({
    version: 1,
    name: 'floor',
    deployments: [{ id: 'mock', engine: 'openai-compatible', model: 'mock', address: `${origin}/v1` }],
    routes: [{ name: 'chat', strategy: { deployment: 'mock' } }],
    guardrails: [{ id: 'redact' }],
  })
  const guard = createGuardrails({ policies: guardrails })
  const check = (stage: 'input' | 'output', source: 'system' | 'user' | 'tool', text: string) => {
    const { action } = guard.check({ policy: 'redact', stage, source, text })
    if (action !== 'allow') throw new Error(`the guard did not allow: ${text}`)
  }
  const journal = openSync(join(directory, `journal-${values.serve}`), 'a')
  const audit = openSync(join(directory, `audit-${values.serve}`), 'a')
  const answers = new Map<string, Buffer>()
  let lines: { readonly text: string; readonly written: () => void }[] = []
  let chain = ''
  let requests = 0

  const flush = () => {
    const batch = lines
    lines = []
    writeSync(journal, batch.map(({ text }) => text).join(''))
    for (const { written } of batch) written()
  }
  /** A line is with the operating system before `written`; those of one turn go together. */
  const record = (row: object, when: (work: () => void) => void, written: () => void) => {
    if (!records) return written()
    if (lines.push({ text: `${JSON.stringify(row)}\n`, written }) === 1) when(flush)
  }
  const rowOf = (id: string, body: Buffer) => ({
    requestId: id,
    tenant: 'default',
    keyId: 'key_0123456789abcdefghij',
    route: 'chat',
    architectureHash: `sha256:${'a'.repeat(64)}`,
    digest: audits ? hash('sha256', body) : undefined,
  })
  const auditLine = (id: string, body: Buffer) => {
    const line = JSON.stringify({ ...rowOf(id, body), answeredBy: 'mock', end: 'finished', errorCode: null })
    chain = hash('sha256', chain + line)
    writeSync(audit, `${line.slice(0, -1)},"hash":"${chain}"}\n`)
  }

  const begin = (asked: Asked) => {
    if (last === 0) return relay(asked)
    const answering = { ...asked, id: `req_${++requests}` }
    hash('sha256', asked.authorization)
    const request = JSON.parse(asked.body.toString('utf8'))
    if (guarded)
      for (const { role, content } of request.messages)
        check('input', role === 'system' ? role : 'user', content)
    const key = caches ? hash('sha256', JSON.stringify(['default', 'chat', request])) : ''
    if (caches && answers.has(key)) throw new Error('no two requests are the same')
    const sent = Buffer.from(JSON.stringify({ ...request, model: 'mock' }))
    const start = { type: 'begin', ...rowOf(answering.id, asked.body), startedAtMs: Date.now() }
    record(start, queueMicrotask, () => forward(answering, sent, key))
  }
  const relay = ({ body, reply }: Asked) => {
    JSON.parse(body.toString('utf8'))
    transport.call(body, new AbortController().signal, (answer) => reply({}, answer))
  }
  const forward = (answering: Answering, sent: Buffer, key: string) => {
    const abort = new AbortController()
    answering.onLeft(() => abort.abort())
    transport.call(sent, abort.signal, (answer) => end(answering, answer, key))
  }
  const end = ({ id, reply, body }: Answering, answer: Buffer, key: string) => {
    const { choices, usage } = JSON.parse(answer.toString('utf8'))
    if (guarded) check('output', 'tool', choices[0].message.content)
    if (caches) answers.set(key, answer)
    if (answers.size > 1000) answers.delete(answers.keys().next().value as string)
    const settled = { type: 'settle', ...rowOf(id, body), usage, costNanoUsd: '2420', end: 'finished' }
    record(settled, setImmediate, () => {
      if (audits) auditLine(id, body)
      reply({ 'x-request-id': id, 'x-answered-by': 'mock', 'x-cache': 'miss' }, answer)
    })
  }
  return transport.listen(begin)
}

const serve = async ({ last, transport }: (typeof steps)[number]): Promise<number> => {
  const { origin, directory } = values
  if (transport === 'dispatch') return (await startDispatchProxy(origin)).port
  const over = transport === 'http' ? httpTransport(origin) : socketTransport(origin)
  return serveSteps({ last, transport: over, origin, directory })
}

const served = values.serve === undefined ? undefined : steps[Number(values.serve)]
if (served) console.log(await serve(served))
else await measure()

async function measure() {
  const directory = mkdtempSync(join(tmpdir(), 'gateway-floor-'))
  const upstream = await startMockUpstream({})
  const origin = `http://127.0.0.1:${upstream.port}`
  const bind = (pid: number | undefined, core: number) =>
    execFileSync('taskset', ['-a', '-c', '-p', String(core), String(pid)], { stdio: 'ignore' })
  const servers = await Promise.all(
    steps.map(async (_step, step) => {
      const args = [
        import.meta.filename,
        '--serve',
        String(step),
        '--origin',
        origin,
        '--directory',
        directory,
      ]
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
      const [port] = await once(child.stdout, 'data')
      bind(child.pid, 0)
      const target = { host: '127.0.0.1', port: Number(port), path: '/v1/chat/completions', model: 'mock' }
      return {
        child,
        target: { ...target, headers: { authorization: 'Bearer sk-floor' } },
        rates: [] as number[],
        cpuUs: [] as number[],
      }
    }),
  )
  bind(process.pid, 1)
  const ask = ({ target }: (typeof servers)[number], seconds: number) =>
    runBenchLoad({ target, mode: 'json', seconds, load: { connections: 16 } })
  for (const server of servers) await ask(server, Number(values['warm-up']))
  for (let round = 0; round < Number(values.rounds); round++)
    for (const server of servers) {
      const before = cpuMs(server.child.pid)
      const { requests, seconds } = await ask(server, Number(values.seconds))
      server.rates.push(requests / seconds)
      server.cpuUs.push(((cpuMs(server.child.pid) - before) * 1000) / requests)
    }
  const base = median(servers[0]?.rates ?? [])
  for (const [step, { rates, cpuUs }] of servers.entries()) {
    const [rate, us] = [median(rates), median(cpuUs)]
    const figures = `${rate.toFixed(0).padStart(7)}/s ${us.toFixed(0).padStart(5)} us`
    console.log(`${(steps[step]?.name ?? '').padEnd(22)}${figures} ${(rate / base).toFixed(2)} of dispatch`)
  }
  for (const { child } of servers) child.kill()
  await upstream.close()
  rmSync(directory, { recursive: true, force: true })
}

/** Processor time of a process so far, of all its threads (Linux; hundredths of a second). */
function cpuMs(pid: number | undefined): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

function median(all: readonly number[]): number {
  return [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN
}
