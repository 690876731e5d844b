// A multipart form with one file, read as it comes: nothing but the piece under way is held, however large the file is.
// Knows nothing of where the file goes.

import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy'
import { ArchitectError } from '../../core/index.js'
import type { Exchange } from '../exchange.js'
import { gatewayError } from '../messages.js'

export interface Upload {
  readonly filename: string
  /** The content; its end comes when the whole form has been read, and it throws what kept it from that. */
  readonly content: AsyncIterable<Uint8Array>
  /** The other fields of the form, as far as they have come: all, once the content has ended. */
  readonly fields: ReadonlyMap<string, string>
}

/** Forms of files are small but for the file. */
const limits = { files: 1, fields: 16, fieldSize: 4096, parts: 20, headerPairs: 50 }

/**
 * @param idleMs the longest pause within the body that is the client's
 * @param fileField the field that holds the file
 * @returns undefined when the form has no file
 * @throws gateway.upload-not-form, gateway.upload-malformed, gateway.body-cut, gateway.body-timeout
 */
export const readUpload = async (
  { request, response }: Pick<Exchange, 'request' | 'response'>,
  idleMs: number,
  fileField = 'file',
): Promise<Upload | undefined> => {
  const contentType = request.headers['content-type'] ?? ''
  const parser = parserOf(contentType)
  // The client waits for permission (RFC 9110, section 10.1.1); a second one does no harm.
  if (request.headers.expect !== undefined) response.writeContinue()
  const fields = new Map<string, string>()
  const began = Promise.withResolvers<{ stream: BusboyFileStream; filename: string } | undefined>()
  const ended = Promise.withResolvers<void>()
  // Whoever reads the content is told; an upload that nobody reads on fails nobody.
  ended.promise.catch(() => {})
  let file: BusboyFileStream | undefined

  const stop = (error: Error) => {
    settle()
    began.reject(error)
    ended.reject(error)
    file?.destroy(error)
  }
  const malformed = (cause: unknown) =>
    stop(
      cause instanceof ArchitectError
        ? cause
        : gatewayError('gateway.upload-malformed', { detail: detailOf(cause) }, { cause }),
    )
  const settle = watchPauses(request, { idleMs, isWaited: () => !parser.writableNeedDrain, stop })
  parser.on('field', (name, value) => void fields.set(name, value))
  parser.on('file', (name, stream, filename) => {
    // The parser breaks a part off by an error of its own beside the form's; unheard, it would end the process.
    stream.on('error', malformed)
    if (name !== fileField) return void stream.resume()
    file = stream
    began.resolve({ stream, filename })
  })
  parser.on('finish', () => {
    settle()
    began.resolve(undefined)
    ended.resolve()
  })
  parser.on('error', malformed)
  request.pipe(parser)

  const found = await began.promise
  if (!found) return undefined
  const letGo = () => {
    settle()
    request.unpipe(parser)
    // What is still on its way is read and forgotten, within the bounds of whoever answers.
    request.resume()
  }
  return { filename: found.filename ?? '', fields, content: contentOf(found.stream, ended.promise, letGo) }
}

const parserOf = (contentType: string): BusboyInstance => {
  if (!/^multipart\/form-data\b/i.test(contentType)) throw gatewayError('gateway.upload-not-form', {})
  try {
    return new Busboy({ headers: { 'content-type': contentType }, limits, highWaterMark: 256 * 1024 })
  } catch (cause) {
    throw gatewayError('gateway.upload-not-form', {}, { cause })
  }
}

async function* contentOf(
  stream: BusboyFileStream,
  ended: Promise<void>,
  letGo: () => void,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) yield chunk as Uint8Array
    await ended
  } finally {
    letGo()
  }
}

const detailOf = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause)).slice(0, 200)

interface Watch {
  readonly idleMs: number
  /** Whether it is the client that is waited for. */
  readonly isWaited: () => boolean
  readonly stop: (error: Error) => void
}

/** Ends a body that breaks off or does not go on. @returns stops watching */
const watchPauses = (request: Exchange['request'], { idleMs, isWaited, stop }: Watch): (() => void) => {
  const onIdle = () => {
    if (isWaited()) stop(gatewayError('gateway.body-timeout', { idleMs }))
    else timer.refresh()
  }
  const timer = setTimeout(onIdle, idleMs)
  const onData = () => void timer.refresh()
  const onCut = () => {
    if (!request.complete) stop(gatewayError('gateway.body-cut', {}))
  }
  request.on('data', onData).on('close', onCut).on('error', onCut)
  return () => {
    clearTimeout(timer)
    request.off('data', onData).off('close', onCut)
  }
}
