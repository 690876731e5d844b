// What a pull will do, known before it does it: what a person is shown and asked.

import type { Clock } from '../../core/index.js'
import type { CollectedFile } from './download-file.js'
import type { Licence } from './licence.js'
import type { WeightFormat } from './manifest.js'
import type { WeightFacts } from './weight-facts.js'

export interface PullPlan {
  /** Name in the models folder, unless another is chosen. */
  readonly name: string
  /** Where from, without the revision. */
  readonly source: string
  readonly revision: string | null
  readonly licence: Licence
  /** Null when the source does not say. */
  readonly sizeBytes: number | null
  /** Whether the files stay where they are and take no room. */
  readonly isLinked?: boolean
  /** Paths that will be in the model's folder; empty when only the download shows them. */
  readonly paths: readonly string[]
  /** Brings the files into a folder, each as its source promises it. */
  collect(context: CollectContext): Promise<Collection>
}

export interface CollectContext {
  /** Where the files go; what an earlier attempt left is there. */
  readonly directory: string
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly onProgress: (path: string, doneBytes: number) => void
}

export interface Collection {
  readonly files: readonly CollectedFile[]
  readonly format: WeightFormat
  /** For a format whose header is not read. */
  readonly facts?: WeightFacts
  /** What only the files themselves could tell. */
  readonly licence?: Licence
  readonly revision?: string
}

export const formatOf = (paths: readonly string[]): WeightFormat =>
  paths.some((path) => /\.safetensors$/i.test(path)) ? 'safetensors' : 'gguf'
