// Entry of the knowledge process: parses, indexes and searches documents for the parent at the other end of standard
// input. argv[2] is JSON: {directory, logLevel?}. Holds the lock of the directory while it runs, and no secret: keys
// of embeddings endpoints come with the requests that need them.

import { systemClock } from '../../core/index.js'
import {
  createOnnxModels,
  createParseWorker,
  knowledgeMethods,
  onnxMethods,
  openKnowledgeEngine,
} from '../../rag/index.js'
import { acquireDirectoryLock, type DirectoryLock, serveParent } from '../../supervisor/index.js'
import { createLogger, type LogLevel } from '../../telemetry/index.js'
import { loadTransformers } from '../load-transformers.js'

/** A predecessor whose parent was killed closes its files first; see `closeWithinMs` of `serveParent`. */
const predecessorMs = 15_000

const { directory, logLevel = 'info' } = JSON.parse(process.argv[2] ?? '{}') as {
  directory: string
  logLevel?: LogLevel
}
const log = createLogger({ level: logLevel, stream: process.stderr, name: 'knowledge' })
const parser = createParseWorker()
const onnx = createOnnxModels(loadTransformers)
const engine = await openKnowledgeEngine({ directory, log, parse: parser.parse, onnx, clock: systemClock })
let lock: DirectoryLock | undefined

serveParent({
  methods: { ...knowledgeMethods(engine), ...onnxMethods(onnx) },
  ready: async () => {
    lock = await acquireDirectoryLock(directory, {}, { waitMs: predecessorMs, clock: systemClock })
  },
  close: async () => {
    await parser.close()
    await engine.close()
    await lock?.release()
    log.flush()
  },
})
