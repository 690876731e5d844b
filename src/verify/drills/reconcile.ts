// Compares the ledger with an invoice, request by request, in whole nano-dollars. Pure.

import { createRandom, type Message } from '../../core/index.js'
import { bootstrap, type Interval } from '../../stats/index.js'
import { note } from '../messages.js'
import type { ChatReply } from '../read-reply.js'
import type { LedgerEntry } from '../system-client.js'
import type { InvoiceLine } from './provider-options.js'

export interface ReconcileInput {
  /** Answers of the client: they tie the provider's ids to the gateway's. */
  readonly replies: readonly Pick<ChatReply, 'requestId' | 'completionId'>[]
  readonly invoice: readonly InvoiceLine[]
  readonly ledger: readonly LedgerEntry[]
}

export interface Reconciliation {
  /** Sum of |ledger - invoice| over requests, as a share of the invoice. */
  readonly drift: Interval
  readonly notes: readonly Message[]
}

interface Account {
  chargedNano: number
  ledgerNano: number
  estimatedNano: number
  invoiced: boolean
  booked: boolean
  cutOff: boolean
}

/**
 * What the provider charged must be in the ledger, and nothing else: a request that only one side knows drifts by its
 * whole amount. A call that the provider broke off has no usage to agree on; the ledger's estimate of it is told in a
 * note and stays out of the drift.
 */
export const reconcile = (input: ReconcileInput): Reconciliation => {
  const accounts = accountsOf(input)
  const list = [...accounts.values()]
  const driftOf = (sample: readonly number[]) => {
    const drawn = sample.map((i) => list[i] as Account)
    return share(
      sum(drawn, (a) => Math.abs(a.ledgerNano - a.chargedNano)),
      sum(drawn, (a) => a.chargedNano),
    )
  }
  const drift = bootstrap(
    list.map((_, i) => i),
    driftOf,
    createRandom('reconcile'),
  )
  return { drift, notes: notesOf(input, list) }
}

const accountsOf = ({ replies, invoice, ledger }: ReconcileInput): ReadonlyMap<string, Account> => {
  const requestOf = new Map(
    replies.flatMap(({ completionId, requestId }) =>
      completionId === null || requestId === null ? [] : [[completionId, requestId] as const],
    ),
  )
  const accounts = new Map<string, Account>()
  const account = (id: string) => {
    const known = accounts.get(id)
    if (known) return known
    const opened = {
      chargedNano: 0,
      ledgerNano: 0,
      estimatedNano: 0,
      invoiced: false,
      booked: false,
      cutOff: false,
    }
    accounts.set(id, opened)
    return opened
  }
  for (const line of invoice) {
    const charged = account(requestOf.get(line.completionId) ?? line.requestId ?? line.completionId)
    charged.invoiced = true
    charged.chargedNano += line.nanoUsd
    if (line.ended === 'cut-off') charged.cutOff = true
  }
  for (const entry of ledger) {
    const booked = account(entry.requestId)
    booked.booked = true
    const nano = Number(entry.nanoUsd ?? 0n)
    if (booked.cutOff && entry.end !== 'finished') booked.estimatedNano += nano
    else booked.ledgerNano += nano
  }
  return accounts
}

const notesOf = ({ invoice }: ReconcileInput, accounts: readonly Account[]): readonly Message[] => {
  const lines = (ended: InvoiceLine['ended']) => invoice.filter((line) => line.ended === ended).length
  // A refused call may have left no id that ties it to its request: it costs nothing on either side.
  const inLedger = accounts.filter((a) => a.booked && !a.invoiced && a.ledgerNano > 0).length
  const inInvoice = accounts.filter((a) => a.invoiced && !a.booked && a.chargedNano > 0).length
  const cutOff = lines('cut-off')
  return [
    note('verify.note.invoice', {
      requests: accounts.filter(({ booked }) => booked).length,
      finished: lines('finished'),
      refused: lines('refused'),
      cutOff,
      invoiceUsd: sum(accounts, (a) => a.chargedNano) / 1e9,
      ledgerUsd: sum(accounts, (a) => a.ledgerNano) / 1e9,
    }),
    ...(cutOff > 0
      ? [
          note('verify.note.cut-off-estimate', {
            calls: cutOff,
            usd: sum(accounts, (a) => a.estimatedNano) / 1e9,
          }),
        ]
      : []),
    ...(inLedger + inInvoice > 0 ? [note('verify.note.unmatched', { inLedger, inInvoice })] : []),
  ]
}

const sum = (accounts: readonly Account[], amountOf: (account: Account) => number) =>
  accounts.reduce((total, account) => total + amountOf(account), 0)

/** Nothing charged and nothing booked agree; something booked for nothing is a drift of one. */
const share = (part: number, whole: number) => (whole === 0 ? (part === 0 ? 0 : 1) : part / whole)

/** US dollars per million output tokens of the ledger's finished and priced rows. */
export const costPerMillionOutputTokens = (ledger: readonly LedgerEntry[]): Interval => {
  const priced = ledger.filter((entry) => entry.end === 'finished' && entry.nanoUsd !== null)
  const ratio = (sample: readonly number[]) => {
    const entries = sample.map((i) => priced[i] as LedgerEntry)
    const tokens = entries.reduce((total, { outputTokens }) => total + outputTokens, 0)
    const nano = entries.reduce((total, { nanoUsd }) => total + Number(nanoUsd ?? 0n), 0)
    // Nano-dollars per token are thousandths of a dollar per million tokens.
    return nano / (tokens * 1000)
  }
  return bootstrap(
    priced.map((_, i) => i),
    ratio,
    createRandom('cost'),
  )
}
