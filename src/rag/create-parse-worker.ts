// Parses documents in a thread of its own, within limits of time and memory, so that a hostile file costs itself and
// nobody else. Knows no format.

import { Worker } from 'node:worker_threads'
import { reviveError } from '../core/index.js'
import type { DocumentParser, ParsedDocument } from './document.js'
import { ragError } from './messages.js'

export interface ParseWorker {
  readonly parse: DocumentParser
  close(): Promise<void>
}

export interface ParseWorkerOptions {
  /** Default 10,000. */
  readonly timeoutMs?: number
  /** Default 512. */
  readonly maxMemoryMiB?: number
  readonly entry?: URL
}

type Reply = { readonly document: ParsedDocument } | { readonly error: unknown }

/** One file at a time; a thread that ran into a limit is replaced for the next file. */
export const createParseWorker = ({
  timeoutMs = 10_000,
  maxMemoryMiB = 512,
  entry = new URL('./parse-worker.js', import.meta.url),
}: ParseWorkerOptions = {}): ParseWorker => {
  let worker: Worker | undefined
  let last: Promise<unknown> = Promise.resolve()

  const parseNow: DocumentParser = async ({ path, bytes, signal }) => {
    signal?.throwIfAborted()
    worker ??= new Worker(entry, { resourceLimits: { maxOldGenerationSizeMb: maxMemoryMiB } })
    const reply = await ask(worker, { path, bytes }, { timeoutMs, signal }).catch(async (error: unknown) => {
      await worker?.terminate()
      worker = undefined
      throw error
    })
    if ('error' in reply) throw reviveError(reply.error)
    return reply.document
  }

  return {
    parse: (file) => {
      const next = last.then(() => parseNow(file))
      // Whoever asked is told of the failure; the next file is parsed all the same.
      last = next.catch(() => {})
      return next
    },
    close: async () => {
      await worker?.terminate()
      worker = undefined
    },
  }
}

const ask = (
  worker: Worker,
  request: { readonly path: string; readonly bytes: Uint8Array },
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal | undefined },
) =>
  new Promise<Reply>((resolve, reject) => {
    const timer = setTimeout(
      () => settle(() => reject(ragError('rag.file-parse-timeout', { timeoutMs }))),
      timeoutMs,
    )
    const onMessage = (reply: Reply) => settle(() => resolve(reply))
    const onError = (error: Error) =>
      settle(() => reject(ragError('rag.file-parse-failed', { detail: error.message }, { cause: error })))
    const onExit = (code: number) => onError(new Error(`the parser ended with code ${code}`))
    const onAbort = () => settle(() => reject(signal?.reason))
    const settle = (then: () => void) => {
      clearTimeout(timer)
      worker.off('message', onMessage).off('error', onError).off('exit', onExit)
      signal?.removeEventListener('abort', onAbort)
      then()
    }
    worker.on('message', onMessage).on('error', onError).on('exit', onExit)
    signal?.addEventListener('abort', onAbort)
    worker.postMessage(request)
  })
