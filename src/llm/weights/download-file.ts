// One file over HTTP: goes on where an earlier attempt stopped, starts over when the file has changed since, and
// puts it in its place only when it is what its source promises.

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ArchitectError, Clock } from '../../core/index.js'
import { hashFile } from './copy-file.js'
import type { HttpAccess, HttpAnswer } from './http-access.js'
import { weightsError } from './messages.js'
import { openPartialFile, type PartialFile } from './partial-file.js'
import { isPassingStatus, passingFailure, passingReason, retryAfterOf, waitBefore } from './retry.js'

export interface RemoteFile {
  readonly url: URL
  /** Path in the model's folder. */
  readonly path: string
  readonly sizeBytes: number | null
  readonly sha256: string | null
  /** SHA-1 of git's blob, for files a hub keeps in git itself. */
  readonly gitBlob: string | null
}

export interface DownloadContext {
  readonly http: HttpAccess
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Folder that the paths are in. */
  readonly directory: string
  /** Bytes of this file that are here. */
  readonly onProgress: (path: string, doneBytes: number) => void
  /** What a refusal with this status means, where the source knows better. */
  readonly explainStatus: (status: number) => ArchitectError | undefined
}

export interface CollectedFile {
  readonly path: string
  readonly sizeBytes: number
  readonly sha256: string
  readonly linkTo?: string
}

const maxFailuresInARow = 6
/** So much progress forgives the failures before it. */
const forgivingBytes = 8 * 1024 * 1024

/** @throws `weights.download-failed` | `weights.wrong-content` and what `explainStatus` returns */
export const downloadFile = async (file: RemoteFile, context: DownloadContext): Promise<CollectedFile> => {
  const target = join(context.directory, file.path)
  const there = await alreadyThere(file, target, context)
  if (there) return there
  const partial = await openPartialFile(target, context.signal)
  try {
    await receiveAll(file, partial, context)
    await check(file, partial, target)
    await partial.finish()
    return { path: file.path, sizeBytes: partial.bytes(), sha256: partial.sha256() }
  } finally {
    await partial.close()
  }
}

/** What an earlier attempt finished, or the model in place has the same of: kept when its hash says so. */
const alreadyThere = async (
  file: RemoteFile,
  target: string,
  { signal, onProgress }: DownloadContext,
): Promise<CollectedFile | undefined> => {
  // What cannot be looked at is not there as far as this goes: the download says what is wrong with the place.
  const size = (await lstat(target).catch(() => undefined))?.size
  if (size === undefined || size !== file.sizeBytes) return undefined
  const hashed = await hashFile(target, { signal, onProgress: (done) => onProgress(file.path, done) })
  const isSame =
    file.sha256 !== null
      ? hashed.sha256 === file.sha256
      : file.gitBlob !== null && (await gitBlobOf(target, size)) === file.gitBlob
  return isSame ? { path: file.path, ...hashed } : undefined
}

const receiveAll = async (
  file: RemoteFile,
  partial: PartialFile,
  context: DownloadContext,
): Promise<void> => {
  let failures = 0
  for (;;) {
    const before = partial.bytes()
    try {
      return await receive(file, partial, context)
    } catch (error) {
      context.signal.throwIfAborted()
      const reason = passingReason(error)
      if (reason === undefined) throw error
      if (partial.bytes() - before >= forgivingBytes) failures = 0
      failures += 1
      if (failures >= maxFailuresInARow)
        throw weightsError(
          'weights.download-failed',
          {
            file: file.path,
            origin: file.url.origin,
            reason,
            attempts: failures,
            keptBytes: partial.bytes(),
          },
          { retryable: true, cause: error },
        )
      await waitBefore(context.clock, failures, error, context.signal)
    }
  }
}

const receive = async (file: RemoteFile, partial: PartialFile, context: DownloadContext): Promise<void> => {
  const from = resumableBytes(file, partial)
  if (from > 0 && from === file.sizeBytes) return
  const etag = partial.belonging()?.etag
  const answer = await context.http.open(file.url, {
    signal: context.signal,
    headers: from === 0 ? {} : { range: `bytes=${from}-`, ...(etag ? { 'if-range': etag } : {}) },
  })
  try {
    await accept(answer, { file, partial, from }, context)
  } finally {
    // Whatever was not read is not wanted; an error while dropping it says nothing new.
    await answer.body.dump({ limit: 0 }).catch(() => undefined)
  }
}

/** Bytes that can be kept: of the same address, and provably of the same content. */
const resumableBytes = (file: RemoteFile, partial: PartialFile): number => {
  const belonging = partial.belonging()
  if (belonging?.address !== hashOf(file.url)) return 0
  if (file.sizeBytes !== null && partial.bytes() > file.sizeBytes) return 0
  return belonging.etag !== null || file.sha256 !== null || file.gitBlob !== null ? partial.bytes() : 0
}

interface Reception {
  readonly file: RemoteFile
  readonly partial: PartialFile
  readonly from: number
}

const accept = async (answer: HttpAnswer, reception: Reception, context: DownloadContext): Promise<void> => {
  const { file, partial, from } = reception
  const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(answer.header('content-range') ?? '')
  const continues = answer.status === 206 && from > 0 && Number(range?.[1]) === from
  if (!continues) {
    if (answer.status === 206 || answer.status === 416) {
      await partial.restart(belongingOf(file, null))
      throw passingFailure('the server sent another part than was asked for')
    }
    if (answer.status !== 200) throw refusalOf(answer, reception, context)
    await partial.restart(belongingOf(file, strongEtag(answer)))
  }
  const promised = continues ? Number(range?.[3]) : Number(answer.header('content-length') ?? Number.NaN)
  const limitBytes = file.sizeBytes ?? (Number.isNaN(promised) ? Number.POSITIVE_INFINITY : promised)
  for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
    if (partial.bytes() + chunk.length > limitBytes) {
      await partial.discard()
      throw wrongContent(file, `${limitBytes} bytes`, 'more')
    }
    await partial.append(chunk)
    context.onProgress(file.path, partial.bytes())
  }
  const total = file.sizeBytes ?? promised
  if (partial.bytes() < total)
    throw passingFailure(`the answer ended after ${partial.bytes()} of ${total} bytes`)
}

const belongingOf = (file: RemoteFile, etag: string | null) => ({ address: hashOf(file.url), etag })

const hashOf = (url: URL): string => createHash('sha256').update(url.href).digest('hex')

const strongEtag = (answer: HttpAnswer): string | null => {
  const etag = answer.header('etag')
  return etag?.startsWith('"') ? etag : null
}

const refusalOf = (answer: HttpAnswer, { file, partial }: Reception, context: DownloadContext): Error => {
  const { status } = answer
  if (isPassingStatus(status))
    return passingFailure(
      `status ${status}`,
      retryAfterOf(answer.header('retry-after'), context.clock.wallMs()),
    )
  return (
    context.explainStatus(status) ??
    weightsError('weights.download-failed', {
      file: file.path,
      origin: file.url.origin,
      reason: `status ${status}`,
      attempts: 1,
      keptBytes: partial.bytes(),
    })
  )
}

const check = async (file: RemoteFile, partial: PartialFile, target: string): Promise<void> => {
  const found = partial.sha256()
  if (file.sha256 !== null && found !== file.sha256) {
    await partial.discard()
    throw wrongContent(file, `sha256 ${file.sha256}`, found)
  }
  if (file.gitBlob === null) return
  const blob = await gitBlobOf(`${target}.partial`, partial.bytes())
  if (blob === file.gitBlob) return
  await partial.discard()
  throw wrongContent(file, `git blob ${file.gitBlob}`, blob)
}

const wrongContent = (file: RemoteFile, expected: string, found: string) =>
  weightsError('weights.wrong-content', { file: file.path, expected, found })

/** git's name for a content: SHA-1 over a short header and the bytes. */
const gitBlobOf = async (path: string, sizeBytes: number): Promise<string> => {
  const hash = createHash('sha1').update(`blob ${sizeBytes}\0`)
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest('hex')
}
