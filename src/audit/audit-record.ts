// What stands in the audit log: who asked or changed what, and how it ended. Holds no text of anybody, no secret and
// no address.

/** A request that a route answered or refused. */
export interface RequestEntry {
  readonly type: 'request'
  readonly requestId: string
  readonly tenant: string
  readonly keyId: string
  readonly route: string
  readonly architectureHash: string
  /** The bytes the request came in: only a keyed digest of them is kept. */
  readonly content: Uint8Array
  /** Deployment or stage; `none` for what was refused. */
  readonly answeredBy: string
  /** The verdict. */
  readonly end: 'finished' | 'failed' | 'cancelled' | 'blocked' | 'refused'
  readonly errorCode: string | null
}

/** A change by whoever holds the admin token. */
export interface AdminEntry {
  readonly type: 'admin'
  /** Such as `key.create`. */
  readonly action: string
  /** Id of what was changed. */
  readonly subject: string
  readonly errorCode: string | null
}

export type AuditEntry = RequestEntry | AdminEntry

/** What the log says of itself. */
export type LogRecord =
  /** A process goes on here. `problem`: what it found of the log before, and null where all was well. */
  | {
      readonly type: 'opened'
      readonly problem: 'cut-off' | 'rewritten' | 'unreadable' | null
      readonly tornBytes: number
    }
  /** Entries that could not be written: the disk was full or away for too long. */
  | { readonly type: 'dropped'; readonly entries: number }
  /** Entries up to `through`, whose hash was `hash`, were removed because their time was over. */
  | { readonly type: 'pruned'; readonly through: number; readonly hash: string }

export interface KeptRequest extends Omit<RequestEntry, 'content'> {
  /** HMAC-SHA256 of the request's bytes, in hexadecimal. */
  readonly requestDigest: string
}

export type AuditRecord = KeptRequest | AdminEntry | LogRecord

/** A record in its place. */
export type PlacedRecord = AuditRecord & {
  /** Counts from 1, without a gap. */
  readonly n: number
  /** ISO 8601. */
  readonly at: string
}
