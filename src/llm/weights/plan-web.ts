// A GGUF file at an address: whether it is there and how large it is, and nothing else of it before it is here.

import { posix } from 'node:path'
import type { ArchitectError, Clock } from '../../core/index.js'
import { downloadFile } from './download-file.js'
import type { HttpAccess, HttpAnswer } from './http-access.js'
import { unknownLicence } from './licence.js'
import { weightsError } from './messages.js'
import type { PullPlan } from './pull-plan.js'
import { askPatiently, isPassingStatus, passingFailure, retryAfterOf } from './retry.js'
import { localNameFrom, requireSafePath } from './safe-path.js'

export interface WebAccess {
  readonly http: HttpAccess
  readonly clock: Clock
  readonly signal: AbortSignal
}

/**
 * @throws `weights.address-without-file` | `weights.no-weights` when the address does not end in .gguf |
 * `weights.address-empty` | `weights.address-refused` | `weights.address-unreachable`
 */
export const planWeb = async (url: URL, access: WebAccess): Promise<PullPlan> => {
  // User information and query may be secrets; they are used and never kept.
  const source = `${url.origin}${url.pathname}`
  if (url.pathname.endsWith('/')) throw weightsError('weights.address-without-file', { source })
  const filename = requireSafePath(decodedName(url), source)
  if (!/\.gguf$/i.test(filename)) throw weightsError('weights.no-weights', { source })
  const explainStatus = (status: number) => refusalOf(status, source)
  return {
    name: localNameFrom(filename.replace(/\.gguf$/i, '')),
    source,
    revision: null,
    licence: unknownLicence,
    sizeBytes: await sizeAt(url, source, access),
    paths: [filename],
    collect: async (context) => {
      const remote = { url, path: filename, sizeBytes: null, sha256: null, gitBlob: null }
      const file = await downloadFile(remote, { ...context, http: access.http, explainStatus })
      return { files: [file], format: 'gguf' }
    },
  }
}

/** Asks for the first byte: not every server that gives files answers HEAD. @returns null when it does not say */
const sizeAt = (url: URL, source: string, access: WebAccess): Promise<number | null> =>
  askPatiently(
    async () => {
      const { http, clock, signal } = access
      const answer = await http.open(url, { signal, headers: { range: 'bytes=0-0' } })
      // The rest of an answer that ignores the range is not waited for.
      await answer.body.dump({ limit: 0 }).catch(() => undefined)
      const { status } = answer
      if (isPassingStatus(status))
        throw passingFailure(`status ${status}`, retryAfterOf(answer.header('retry-after'), clock.wallMs()))
      if (status === 200 || status === 206) return sizeIn(answer)
      throw refusalOf(status, source)
    },
    access,
    (error, reason) =>
      weightsError(
        'weights.address-unreachable',
        { source, reason: reason ?? (error instanceof Error ? error.message : String(error)) },
        { retryable: true, cause: error },
      ),
  )

const sizeIn = (answer: HttpAnswer): number | null => {
  const stated =
    answer.status === 206
      ? /\/(\d+)$/.exec(answer.header('content-range') ?? '')?.[1]
      : answer.header('content-length')
  return stated !== undefined && /^\d{1,15}$/.test(stated) ? Number(stated) : null
}

const refusalOf = (status: number, source: string): ArchitectError =>
  status === 404 || status === 410
    ? weightsError('weights.address-empty', { source, status })
    : weightsError('weights.address-refused', { source, status })

const decodedName = (url: URL): string => {
  const name = posix.basename(url.pathname)
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
