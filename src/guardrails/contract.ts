// The words of this folder: what is checked, what is found, and what is decided. No detector knows a policy,
// and no policy knows a detector's rules.

import type { Source } from '../llm/index.js'

/** `input`: what a caller sends; `context`: text retrieved or returned by a tool; `output`: what a model writes. */
export type Stage = 'input' | 'context' | 'output'

/**
 * `low` is worth recording and never acted upon: a company's tax number, a web address, a suspicion below its
 * threshold. `medium` and `high` are what a policy acts upon.
 */
export type Severity = 'low' | 'medium' | 'high'

/** What was found, and where; never the text itself. */
export interface Finding {
  /** `personalData`, `secrets`, `injection`, or the id of a plug-in. */
  readonly detector: string
  /** What kind of thing it is: `email`, `payment-card`, `instruction-override`. */
  readonly kind: string
  /** UTF-16 offsets into the text that was checked. */
  readonly start: number
  readonly end: number
  readonly severity: Severity
}

export type Action = 'allow' | 'redact' | 'block'

export interface Verdict {
  /** The strictest action that a finding asks for: block over redact over allow. */
  readonly action: Action
  /** The text that may go on; empty when blocked. */
  readonly text: string
  /** In order of their start. */
  readonly findings: readonly Finding[]
}

export interface Check {
  /** Id of a policy. */
  readonly policy: string
  readonly stage: Stage
  /** Who the text speaks for. Instructions of the system and the developer are never injections. */
  readonly source: Source
  readonly text: string
}

/** A text as detectors read it: with disguises taken off, and the way back to the original. */
export interface Views {
  readonly original: string
  /** Full-width and styled characters as ASCII, other digits as 0-9, invisible characters gone. */
  readonly folded: string
  /** Offset into `original` of the character at `index` of `folded`; its length for an index at the end. */
  originalOffset(index: number): number
}

/** A detector of a plug-in. Runs synchronously on the whole text, so it must be linear in its length. */
export interface Detector {
  /** The name a policy switches it on by. */
  readonly id: string
  /** BCP 47 tags of the languages it was made for; empty when it does not depend on language. */
  readonly languages: readonly string[]
  /** Offsets into `views.original`. */
  find(views: Views): readonly Omit<Finding, 'detector'>[]
}
