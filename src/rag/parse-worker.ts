// The thread that parses: answers each file with its document. Ended from outside when a file costs too much.

import { parentPort } from 'node:worker_threads'
import { toArchitectError } from '../core/index.js'
import { parseDocument } from './parse-document.js'

export interface ParseRequest {
  readonly path: string
  readonly bytes: Uint8Array
}

parentPort?.on('message', (request: ParseRequest) => {
  parseDocument(request).then(
    (document) => parentPort?.postMessage({ document }),
    (error: unknown) => parentPort?.postMessage({ error: toArchitectError(error).toJSON() }),
  )
})
