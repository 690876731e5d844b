// What a gateway costs at the least: the bare dispatch proxy, and step by step what no gateway that keeps keys, guards, an
// answer cache, a ledger and an audit log can do without, each as a few lines in one function: no routes, stages, dialects,
// retries, deadlines or errors. Throughput of each step beside that of the proxy, in interleaved rounds. Run after
// `npm run build`, on a machine with nothing else to do:
//   node benchmarks/gateway-floor.ts [--rounds 5] [--seconds 2] [--warm-up 10]
// The servers run on the first core, the load generator and the mock upstream on the second.

import { execFileSync, spawn } from 'node:child_process'
import { hash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Pool } from 'undici'
import { createGuardrails } from '../dist/guardrails/index.js'
import { architectureSchema } from '../dist/spec/index.js'
import { runBenchLoad, startDispatchProxy, startMockUpstream } from '../dist/verify/index.js'

const steps = ['dispatch', 'whole answers, keys', '+ guards', '+ cache', '+ journal', '+ audit log'] as const
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

interface Answering {
  readonly id: string
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly body: Buffer
}

/** A server that does the steps up to `last`. */
const serveSteps = (last: number, origin: string, directory: string) => {
  const [guarded, caches, records, audits] = [last >= 2, last >= 3, last >= 4, last >= 5]
  const pool = new Pool(origin, { connections: 2048, pipelining: 1, allowH2: false })
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
  const journal = openSync(join(directory, `journal-${last}`), 'a')
  const audit = openSync(join(directory, `audit-${last}`), 'a')
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

  const begin = ({ request, ...rest }: Omit<Answering, 'id'>) => {
    const answering = { ...rest, request, id: `req_${++requests}` }
    hash('sha256', request.headers.authorization ?? '')
    const asked = JSON.parse(rest.body.toString('utf8'))
    if (guarded)
      for (const { role, content } of asked.messages)
        check('input', role === 'system' ? role : 'user', content)
    const key = caches ? hash('sha256', JSON.stringify(['default', 'chat', asked])) : ''
    if (caches && answers.has(key)) throw new Error('no two requests are the same')
    const sent = Buffer.from(JSON.stringify({ ...asked, model: 'mock' }))
    const start = { type: 'begin', ...rowOf(answering.id, rest.body), startedAtMs: Date.now() }
    record(start, queueMicrotask, () => forward(answering, sent, key))
  }
  const forward = (answering: Answering, sent: Buffer, key: string) => {
    const abort = new AbortController()
    answering.response.once('close', () => answering.response.writableFinished || abort.abort())
    const parts: Buffer[] = []
    pool.dispatch(
      {
        origin,
        path: answering.request.url ?? '/',
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: sent,
      },
      {
        onRequestStart: (controller) =>
          abort.signal.addEventListener('abort', () => controller.abort(new Error('left')), { once: true }),
        onResponseStart: () => {},
        onResponseData: (_controller, part) => void parts.push(part),
        onResponseEnd: () => end(answering, Buffer.concat(parts), key),
        onResponseError: (_controller, error) => void answering.response.destroy(error),
      },
    )
  }
  const end = ({ id, response, body }: Answering, answer: Buffer, key: string) => {
    const { choices, usage } = JSON.parse(answer.toString('utf8'))
    if (guarded) check('output', 'tool', choices[0].message.content)
    if (caches) answers.set(key, answer)
    if (answers.size > 1000) answers.delete(answers.keys().next().value as string)
    const settled = { type: 'settle', ...rowOf(id, body), usage, costNanoUsd: '2420', end: 'finished' }
    record(settled, setImmediate, () => {
      if (audits) auditLine(id, body)
      const head = { 'x-request-id': id, 'x-answered-by': 'mock', 'x-cache': 'miss' }
      response.writeHead(200, {
        ...head,
        'content-type': 'application/json',
        'content-length': answer.length,
      })
      response.end(answer)
    })
  }
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => begin({ request, response, body: Buffer.concat(parts) }))
  })
  server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
}

if (values.serve === '0') console.log((await startDispatchProxy(values.origin)).port)
else if (values.serve !== undefined) serveSteps(Number(values.serve), values.origin, values.directory)
else await measure()

async function measure() {
  const directory = mkdtempSync(join(tmpdir(), 'gateway-floor-'))
  const upstream = await startMockUpstream({})
  const origin = `http://127.0.0.1:${upstream.port}`
  const bind = (pid: number | undefined, core: number) =>
    execFileSync('taskset', ['-a', '-c', '-p', String(core), String(pid)], { stdio: 'ignore' })
  const servers = await Promise.all(
    steps.map(async (_name, step) => {
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
    console.log(`${(steps[step] ?? '').padEnd(22)}${figures} ${(rate / base).toFixed(2)} of dispatch`)
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
