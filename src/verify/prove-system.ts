// What needs a second instance that may be ruined: public retrieval data as its documents, the invoice of a provider
// mock as its bill, and kill -9. One instance serves all three, in this order.

import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { runInvoiceDrill } from './drills/invoice-drill.js'
import { runKillDrill } from './drills/kill-drill.js'
import { tokenPriceOf } from './drills/patch-architecture.js'
import { defaultPrices } from './drills/provider-options.js'
import { costPerMillionOutputTokens } from './drills/reconcile.js'
import { judgeRow, unmeasuredRow } from './judge-row.js'
import { benchmarkFrame, dataMissing, notRun, suiteConcurrency } from './measure-quality.js'
import { note } from './messages.js'
import type { ProvingInstance, ProvingOrder, WorkerProcess } from './ports.js'
import type { ScorecardRow } from './scorecard.js'
import { type BenchmarkCheck, benchmarkChecks } from './suites/benchmark-checks.js'
import { scoreRetrieval } from './suites/score-retrieval.js'
import { findDataFiles, type SquadCorpus, writeSquadCorpus } from './suites/squad-corpus.js'
import { createSystemClient, type LedgerEntry, type SystemClient } from './system-client.js'
import type { VerificationArea } from './verification-options.js'
import {
  countSteps,
  measureOrExplain,
  type RowFrame,
  titled,
  type VerificationRun,
} from './verification-run.js'

const invoiceRequests = 150
const killRequests = 120
const drillSeed = 9
const providerFaults = { failureShare: 0.03, cutOffShare: 0.03, cachedShare: 0.3, chunkDelayMs: 2 }

const driftFrame: RowFrame = {
  id: 'ledger-vs-invoice',
  target: { op: '<=', value: 0.001, unit: 'share' },
  unit: 'share',
  source: 'invoice drill',
}
const survivalFrame: RowFrame = {
  id: 'kill9-survival',
  target: { op: '>=', value: 1, unit: 'share' },
  unit: 'share',
  source: 'kill -9 drill',
}

interface LoadedCheck {
  readonly check: BenchmarkCheck
  /** Undefined where the data is not there. */
  readonly corpus: SquadCorpus | undefined
  readonly folder: string
}

export interface ProofRows {
  readonly benchmarks: readonly ScorecardRow[]
  readonly ledger: readonly ScorecardRow[]
}

/** @param cost ledger rows of the system under test, if its engines are priced and stand for nothing else */
export const proveSystem = async (
  run: VerificationRun,
  areas: readonly VerificationArea[],
  cost: readonly LedgerEntry[] | undefined,
): Promise<ProofRows> => {
  const checks = benchmarkChecks.filter(({ metric }) => metric === 'retrieval-ndcg@10')
  const isWanted = (area: VerificationArea) => areas.includes(area)
  const skipped: ProofRows = {
    benchmarks: checks.map((check) => notRun(run, benchmarkFrame(check), 'retrieval')),
    ledger: [costFrame(run), driftFrame, survivalFrame].map((frame) => notRun(run, frame, 'ledger')),
  }
  if (!isWanted('retrieval') && !isWanted('ledger')) return skipped
  const directory = join(run.options.stateDirectory, 'proving')
  await rm(directory, { recursive: true, force: true })
  await mkdir(directory, { recursive: true })
  const corpora = isWanted('retrieval') ? await loadCorpora(run, checks, directory) : []
  const session = await openSession(run, corpora, directory).catch((error: unknown) => ({ error }))
  const client = async () => {
    if ('error' in session) throw session.error
    return session.client
  }
  try {
    return {
      benchmarks: isWanted('retrieval') ? await measureCorpora(run, corpora, client) : skipped.benchmarks,
      ledger: isWanted('ledger') ? await measureLedger(run, { session, client, cost }) : skipped.ledger,
    }
  } finally {
    if (!('error' in session)) await session.close()
  }
}

const loadCorpora = (run: VerificationRun, checks: readonly BenchmarkCheck[], directory: string) =>
  Promise.all(
    checks.map(async (check): Promise<LoadedCheck> => {
      const source = join(run.options.benchmarksDirectory, check.directory)
      const files = await findDataFiles(source, check.files)
      const folder = join(directory, 'corpora', check.id)
      return { check, folder, corpus: files.length === 0 ? undefined : await writeSquadCorpus(files, folder) }
    }),
  )

interface Session {
  readonly client: SystemClient
  readonly instance: ProvingInstance
  readonly order: ProvingOrder
  readonly invoiceFile: string
  close(): Promise<void>
}

const openSession = async (
  run: VerificationRun,
  corpora: readonly LoadedCheck[],
  directory: string,
): Promise<Session> => {
  const { ports, signal } = run.options
  const invoiceFile = join(directory, 'invoice.jsonl')
  const provider = await ports.startProvider({
    invoiceFile,
    seed: drillSeed,
    prices: defaultPrices,
    ...providerFaults,
  })
  try {
    const order = await orderOf(provider, corpora)
    const instance = await ports.startProvingInstance(order)
    try {
      await instance.waitReady(signal)
    } catch (error) {
      await instance.stop()
      throw error
    }
    const client = createSystemClient({ baseUrl: instance.url, adminToken: instance.adminToken })
    const close = async () => {
      await client.close()
      await instance.stop()
      await provider.close()
      await rm(instance.directory, { recursive: true, force: true })
    }
    return { client, instance, order, invoiceFile, close }
  } catch (error) {
    await provider.close()
    throw error
  }
}

const orderOf = async (provider: WorkerProcess, corpora: readonly LoadedCheck[]): Promise<ProvingOrder> => ({
  patch: {
    knowledge: corpora.flatMap(({ check, corpus, folder }) =>
      corpus ? [{ id: check.id, source: folder }] : [],
    ),
    provider: { address: await provider.request<string>('address', {}), price: tokenPriceOf(defaultPrices) },
  },
})

const measureCorpora = async (
  run: VerificationRun,
  corpora: readonly LoadedCheck[],
  client: () => Promise<SystemClient>,
): Promise<readonly ScorecardRow[]> => {
  const rows: ScorecardRow[] = []
  for (const { check, corpus } of corpora) {
    const frame = benchmarkFrame(check)
    if (!corpus) {
      rows.push(dataMissing(run, frame, check.directory))
      continue
    }
    const { documents, questions } = corpus
    const asked = questions.map(({ id, question, path }) => ({
      id,
      question,
      rankOf: (hits: readonly { readonly path: string }[]) => {
        // Several passages of one document are one result.
        const place = [...new Set(hits.map((hit) => hit.path))].indexOf(path)
        return place === -1 ? undefined : place + 1
      },
    }))
    const measure = async () => {
      const { ndcg } = await scoreRetrieval({ client: await client(), knowledge: check.id }, asked, {
        concurrency: suiteConcurrency,
        signal: run.options.signal,
        ...countSteps(run, { area: 'retrieval', step: check.id, total: asked.length }),
      })
      const about = note('verify.note.floor', { data: check.data, documents })
      return [judgeRow({ ...titled(run, frame), interval: ndcg.interval, notes: [about, ...ndcg.notes] })]
    }
    rows.push(...(await measureOrExplain(run, [frame], measure)))
  }
  return rows
}

interface LedgerProof {
  readonly session: Session | { readonly error: unknown }
  readonly client: () => Promise<SystemClient>
  readonly cost: readonly LedgerEntry[] | undefined
}

const measureLedger = async (run: VerificationRun, proof: LedgerProof): Promise<readonly ScorecardRow[]> => [
  ...(await measureOrExplain(run, [costFrame(run), driftFrame], () => measureInvoice(run, proof))),
  ...(await measureOrExplain(run, [survivalFrame], () => measureSurvival(run, proof))),
]

const measureInvoice = async (run: VerificationRun, { session, client, cost }: LedgerProof) => {
  const { clock, signal } = run.options
  const proving = await client()
  if ('error' in session) throw session.error
  const drill = await runInvoiceDrill({
    client: proving,
    model: run.model,
    invoiceFile: session.invoiceFile,
    requests: invoiceRequests,
    clock,
    signal,
    ...countSteps(run, { area: 'ledger', step: 'invoice', total: invoiceRequests }),
  })
  return [
    costRow(run, cost, drill.ledger),
    judgeRow({ ...titled(run, driftFrame), interval: drill.drift, notes: drill.notes }),
  ]
}

const costFrame = ({ options }: VerificationRun): RowFrame => {
  const value = options.requirements.budget.usdPerMillionOutputTokens
  const unit = 'USD'
  return {
    id: 'cost-per-million-output-tokens',
    target: value === undefined ? null : { op: '<=', value, unit },
    unit,
    source: 'ledger',
  }
}

const costRow = (
  run: VerificationRun,
  own: readonly LedgerEntry[] | undefined,
  drill: readonly LedgerEntry[],
): ScorecardRow => {
  const frame = costFrame(run)
  const ledger = own ?? drill
  const unpriced = ledger.filter(({ nanoUsd }) => nanoUsd === null).length
  return judgeRow({
    ...titled(run, frame),
    interval: costPerMillionOutputTokens(ledger),
    isShownOnly: own === undefined,
    notes: [
      note('verify.note.ledger-rows', { rows: ledger.length, unpriced }),
      ...(own ? [] : [note('verify.note.provider-price', {})]),
      ...(frame.target ? [] : [note('verify.note.no-target', { field: 'budget.usdPerMillionOutputTokens' })]),
    ],
  })
}

const measureSurvival = async (run: VerificationRun, { session }: LedgerProof) => {
  if ('error' in session) throw session.error
  const { ports, clock, signal } = run.options
  const { instance, order } = session
  const drill = await runKillDrill({
    instance,
    restart: () => ports.startProvingInstance({ ...order, directory: instance.directory }),
    model: run.model,
    requests: killRequests,
    seed: drillSeed,
    clock,
    signal,
  })
  const frame = { ...titled(run, survivalFrame), notes: drill.notes }
  if (drill.survival.n === 0) return [unmeasuredRow(frame)]
  const row = judgeRow({ ...frame, interval: drill.survival })
  return [drill.isBroken ? { ...row, verdict: 'fail' as const } : row]
}
