// Sends requests through a system whose engines are the provider mock, then holds its ledger against the mock's
// invoice. Both kinds of answers, streamed and whole.

import { readFile } from 'node:fs/promises'
import type { Clock } from '../../core/index.js'
import { askAll } from '../suites/ask-all.js'
import type { LedgerEntry, SystemClient } from '../system-client.js'
import type { InvoiceLine } from './provider-options.js'
import { type Reconciliation, reconcile } from './reconcile.js'

export interface InvoiceDrill {
  readonly client: SystemClient
  /** Route that is asked. */
  readonly model: string
  readonly invoiceFile: string
  readonly requests: number
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly onDone?: () => void
}

export interface InvoiceDrillResult extends Reconciliation {
  readonly ledger: readonly LedgerEntry[]
}

const concurrency = 8

export const runInvoiceDrill = async (drill: InvoiceDrill): Promise<InvoiceDrillResult> => {
  const { client, model, signal, clock } = drill
  const fromMs = clock.wallMs()
  const numbers = Array.from({ length: drill.requests }, (_, i) => i)
  const replies = await askAll(
    numbers,
    (i) => client.chat({ model, question: drillQuestion(i), stream: i % 2 === 0, signal }),
    { concurrency, signal, ...(drill.onDone ? { onDone: drill.onDone } : {}) },
  )
  const invoice = parseInvoice(await readFile(drill.invoiceFile, 'utf8'))
  const ledger = await client.ledger(fromMs)
  return {
    ...reconcile({ replies: replies.filter((reply) => reply !== undefined), invoice, ledger }),
    ledger,
  }
}

const parseInvoice = (text: string): InvoiceLine[] =>
  text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as InvoiceLine]))

/** Different texts of different lengths, in both languages, that no guard objects to. */
export const drillQuestion = (index: number): string => {
  const topic = topics[index % topics.length] ?? ''
  return `${topic.repeat(1 + (index % 5))} (${index})`
}

const topics = [
  'Tell me about the opening hours of the branches. ',
  '請說明如何更新通訊地址。',
  'What is a harbor? ',
  '海港和河港有什麼不同？',
]
