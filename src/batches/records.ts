// What a batch is, and what can be done with one. Every call of a client names the tenant: what another tenant has is
// not there.

import type { Message } from '../core/index.js'

/** Whose API a batch was made by, and by whose rules it is read and answered. */
export type BatchDialect = 'openai' | 'anthropic'

/**
 * `validating` reads the input file (OpenAI's only); `cancelling` lets the requests under way end; after `finalizing` comes
 * what the batch ends as.
 */
export type BatchStatus = 'validating' | 'in_progress' | 'finalizing' | 'cancelling' | BatchEnding
export type BatchEnding = 'completed' | 'failed' | 'expired' | 'cancelled'

/** How a request of a batch ended. */
export type LineOutcome = 'succeeded' | 'failed' | 'cancelled' | 'expired'

export type BatchCounts = Readonly<Record<LineOutcome | 'total', number>>

/** What is wrong with an input file; the words are the reader's. */
export interface BatchProblem {
  readonly message: Message
  /** From 1; null where it is the file as a whole. */
  readonly line: number | null
  readonly field: string | null
}

export interface Batch {
  readonly id: string
  readonly tenant: string
  /** The key that pays for it and whose rights its requests have. */
  readonly keyId: string
  readonly dialect: BatchDialect
  /** The path that each of its requests would be sent to. */
  readonly endpoint: string
  readonly inputFileId: string | null
  readonly metadata: Readonly<Record<string, unknown>> | null
  readonly outputExpiresAfterMs: number | null
  readonly status: BatchStatus
  readonly counts: BatchCounts
  readonly problems: readonly BatchProblem[]
  readonly hasOutput: boolean
  readonly hasErrors: boolean
  readonly createdAt: Date
  /** After it no request of the batch is begun. */
  readonly expiresAt: Date
  /** When a status was reached, in ms since 1970. */
  readonly reachedMs: Readonly<Partial<Record<BatchStatus, number>>>
}

export interface NewBatch
  extends Pick<Batch, 'dialect' | 'endpoint' | 'inputFileId' | 'metadata' | 'outputExpiresAfterMs'> {
  /** Of a batch without an input file. */
  readonly lines: readonly BatchLine[]
}

/** One request. */
export interface BatchLine {
  readonly customId: string
  /** JSON. */
  readonly body: string
}

/** What became of one request. */
export interface LineResult {
  readonly number: number
  readonly customId: string
  readonly outcome: LineOutcome
  /** What an HTTP client would have got; null when it was never answered. */
  readonly answer: { readonly status: number; readonly requestId: string; readonly body: string } | null
}

export interface BatchQuery {
  /** The id of the batch before, or behind, the first one wanted; newest first. */
  readonly after?: string | undefined
  readonly before?: string | undefined
  readonly limit: number
}

export interface BatchPage {
  readonly batches: readonly Batch[]
  readonly hasMore: boolean
}

/** A batch as its owner names it. */
export interface BatchName {
  readonly tenant: string
  readonly dialect: BatchDialect
  readonly id: string
}

export interface Batches {
  /** Durable once it resolves: it will be worked on, whatever happens to this process. */
  create(owner: { readonly tenant: string; readonly keyId: string }, batch: NewBatch): Promise<Batch>
  find(name: BatchName): Promise<Batch | undefined>
  /** @returns undefined when there is no batch `after` or `before` */
  list(owner: Omit<BatchName, 'id'>, query: BatchQuery): Promise<BatchPage | undefined>
  /** Asks for the end of a batch that is still worked on. @returns the batch as it is then */
  cancel(name: BatchName): Promise<Batch | undefined>
  /** What became of the requests, in their order; of a batch that has ended and has no files. */
  results(batch: Pick<Batch, 'id'>): AsyncIterable<LineResult>
  /** @returns false when it was not there or has not ended */
  remove(name: BatchName): Promise<boolean>
  /** From here on, every hour, what was left unfinished is queued, and old batches are deleted. */
  start(): void
  close(): Promise<void>
}

export const outputFileOf = ({ id }: Pick<Batch, 'id'>) => `${id.replace(/^[a-z]+_/, 'file_')}-output`
export const errorFileOf = ({ id }: Pick<Batch, 'id'>) => `${id.replace(/^[a-z]+_/, 'file_')}-errors`

export const isEnded = ({ status }: Pick<Batch, 'status'>): boolean =>
  status === 'completed' || status === 'failed' || status === 'expired' || status === 'cancelled'
