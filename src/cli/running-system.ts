// Talking to a system that runs: where it answers stands in the lock of its state directory.

import { request } from 'undici'
import { ArchitectError, type Language } from '../core/index.js'
import { readDirectoryLock } from '../supervisor/index.js'

/** What `serve` leaves in the lock for other commands of the same user. */
export interface RunningSystem {
  readonly url: string
  readonly adminToken: string
  readonly pid: number
}

/** The system that owns the directory, or undefined when none runs or it is not listening yet. */
export const findRunningSystem = async (stateDirectory: string): Promise<RunningSystem | undefined> => {
  const lock = await readDirectoryLock(stateDirectory)
  const { url, adminToken } = (lock?.info ?? {}) as Partial<RunningSystem>
  return lock && url && adminToken ? { url, adminToken, pid: lock.pid } : undefined
}

export interface AdminRequest {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly body?: unknown
  readonly signal?: AbortSignal
  /** Of the reader of an error; default English. */
  readonly language?: Language
}

/** Calls the admin API of a running system. @throws the error it answered with, as it was rendered there */
export const callAdmin = async <T>(
  system: Pick<RunningSystem, 'url' | 'adminToken'>,
  call: AdminRequest,
): Promise<T> => {
  const response = await request(`${system.url}${call.path}`, {
    method: call.method ?? 'GET',
    headers: {
      authorization: `Bearer ${system.adminToken}`,
      'content-type': 'application/json',
      'accept-language': call.language ?? 'en',
    },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    ...(call.signal ? { signal: call.signal } : {}),
  })
  const body = (await response.body.json()) as T & ErrorAnswer
  if (response.statusCode < 400) return body
  throw serverError('admin', response.statusCode, body)
}

/** The body of an answer that says no. */
export interface ErrorAnswer {
  readonly error?: { readonly code?: string | null; readonly message?: string }
}

/** What a running system refused, in its own words: it has rendered them for the reader already. */
export const serverError = (
  source: 'admin' | 'answer',
  status: number,
  { error }: ErrorAnswer,
): ArchitectError => {
  const message = error?.message ?? `HTTP ${status}`
  return new ArchitectError(`${source}.${error?.code ?? status}`, { message }, message)
}
