// Floor 3: batches of requests, worked off by the job queue. Knows no HTTP: what answers a request is handed in.

export { type BatchOptions, createBatches } from './batches.js'
export { batchMessages } from './messages.js'
export { batchMigrations } from './migrations.js'
export {
  type Batch,
  type BatchDialect,
  type Batches,
  type BatchLine,
  type BatchName,
  type BatchPage,
  type BatchProblem,
  type BatchQuery,
  errorFileOf,
  isEnded,
  type LineResult,
  outputFileOf,
} from './records.js'
export type { AnswerLine, LineAnswer, LineRequest } from './run-lines.js'
export { type BatchWorkerOptions, startBatchWorker } from './start-batch-worker.js'
