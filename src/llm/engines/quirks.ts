// Where a server differs from the API it speaks. Data: an engine asks for a quirk, never for the name of a server.
// docs/engines.md has the same table with examples; catalog/data/server-quirks.json has those of known servers, each
// with its source.

import type { KeyHeader } from './key-headers.js'

/** All are optional; a server without any does what its API says. */
export interface Quirks {
  /** The header that carries the key. Default: that of the dialect. */
  readonly keyHeader?: KeyHeader | undefined
  /** Appended to the path as the query `api-version`; Azure's paths with `/deployments/` in them want it. */
  readonly apiVersion?: string | undefined
  /** The model stands in the path: `/deployments/MODEL` is added to the address. */
  readonly modelInPath?: boolean | undefined
  /** Is sent no `stream_options`: usage is what it tells unasked, or an estimate. */
  readonly noStreamUsage?: boolean | undefined
  /** The one field it reads a limit from. Default: `max_completion_tokens`, or whichever the client wrote. */
  readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens' | undefined
  /** Knows no `developer` role. */
  readonly developerAsSystem?: boolean | undefined
  /** What it calls `seed`. */
  readonly seedField?: 'seed' | 'random_seed' | undefined
  /**
   * Where it reads the reasoning of earlier turns. `none`: it refuses them, and gets none; one of the Messages API
   * gets that of its own, with its signatures.
   */
  readonly reasoningField?: 'reasoning_content' | 'reasoning' | 'none' | undefined
  /** `alphanumeric-9`: takes only ids of nine letters and digits; others are given such a one. */
  readonly toolCallIds?: 'any' | 'alphanumeric-9' | undefined
  /**
   * Fields it does not know or does not obey. One that says what is the case anyway (`n: 1`,
   * `parallel_tool_calls: true`, `strict: false`) is left out; any other is refused, naming it.
   */
  readonly unsupported?: readonly string[] | undefined
}
