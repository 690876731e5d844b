// What the gateway needs of its peers, as far as it calls them; cli/ supplies them.

import type { PassageReference, Source } from '../llm/index.js'
import type { KnowledgeBase } from '../spec/index.js'

/** A virtual key, without its secret. */
export interface KeyRecord {
  readonly id: string
  readonly name: string
  readonly tenant: string
  readonly groups: readonly string[]
  /** null = every route. */
  readonly routes: readonly string[] | null
  /** null = the default of architecture.yaml, 0 = none. */
  readonly requestsPerMinute: number | null
  readonly tokensPerMinute: number | null
  readonly monthlyBudgetUsd: number | null
  readonly expiresAt: Date | string | null
}

export interface KeyFinder {
  /** The record of a secret in force; undefined when unknown, revoked or expired. Answers from memory. */
  find(secret: string): KeyRecord | undefined
}

export interface Passage {
  readonly reference: PassageReference
  readonly text: string
}

export interface KnowledgeSearch {
  search(query: {
    readonly knowledge: KnowledgeBase
    readonly tenant: string
    readonly principal: readonly string[]
    readonly query: string
    readonly limit: number
    readonly signal: AbortSignal
  }): Promise<readonly Passage[]>
}

export interface GuardFinding {
  readonly detector: string
  readonly kind: string
  readonly start: number
  readonly end: number
}

export interface GuardVerdict {
  readonly action: 'allow' | 'redact' | 'block'
  readonly text: string
  readonly findings: readonly GuardFinding[]
}

/** Checks a text that comes in pieces. What `push` returns may be sent on. */
export interface StreamGuard {
  push(text: string): string
  flush(): string
  verdict(): GuardVerdict
}

export interface GuardPort {
  check(check: {
    readonly policy: string
    readonly stage: 'input' | 'context' | 'output'
    readonly source: Source
    readonly text: string
  }): GuardVerdict
  createStreamGuard(options: { readonly policy: string }): StreamGuard
}

/** One line of the audit trail: who asked what for, as digests, and how it ended. Holds no text. */
export interface AuditEntry {
  readonly requestId: string
  readonly tenant: string
  readonly keyId: string
  readonly route: string
  readonly architectureHash: string
  /** SHA-256 of the bytes the request came in. */
  readonly requestDigest: string
  readonly answeredBy: string
  readonly end: 'finished' | 'failed' | 'cancelled' | 'blocked' | 'refused'
  readonly errorCode: string | null
}

export interface AuditPort {
  append(entry: AuditEntry): void
}
