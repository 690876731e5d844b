// What the gateway needs of its peers, as far as it calls them; cli/ supplies the real ones.

import type { Keyring } from '../access/index.js'
import type { AuditLog } from '../audit/index.js'
import type { Batches } from '../batches/index.js'
import type { Conversations } from '../conversations/index.js'
import type { Files, Uploads } from '../files/index.js'
import type { Guardrails } from '../guardrails/index.js'
import type { Job } from '../jobs/index.js'
import type { Ledger } from '../ledger/index.js'
import type { Knowledge } from '../rag/index.js'
import type { KnowledgeBase } from '../spec/index.js'

export type KeyFinder = Pick<Keyring, 'find' | 'findById'>
export type KeyAdmin = Pick<Keyring, 'create' | 'list' | 'revoke' | 'rotate'>
export type GuardPort = Pick<Guardrails, 'check' | 'createStreamGuard'>
export type LedgerPort = Pick<Ledger, 'recorder' | 'health' | 'rows' | 'summary'>

/** Responses and conversations that clients leave here. */
export type ConversationPort = Omit<Conversations, 'start' | 'close'>

/** Files that clients leave here. */
export type FilePort = Pick<Files, 'add' | 'find' | 'list' | 'read' | 'remove'>

/** Files that clients leave in parts. */
export type UploadPort = Uploads

/** Batches of requests; somebody else works on them. */
export type BatchPort = Omit<Batches, 'start' | 'close'>

/** `track-versions.ts` makes one of any Knowledge. */
export interface KnowledgePort extends Pick<Knowledge, 'search' | 'status'> {
  /** Changes whenever an answer from these documents could change: part of every cache key. */
  version(knowledge: string): string
}

/** Runs ingests in the background. */
export interface IngestPort {
  /** @returns the id of the job */
  start(knowledge: KnowledgeBase): Promise<string>
  get(id: string): Promise<Job | undefined>
}

/** Told of every request and of every change by an administrator. */
export type AuditPort = Pick<AuditLog, 'append'> & Partial<Pick<AuditLog, 'health'>>
