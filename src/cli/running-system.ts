// Talking to a system that runs: where it answers stands in the lock of its state directory.

import { request } from 'undici'
import { ArchitectError } from '../core/index.js'
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
}

/** Calls the admin API of a running system. @throws the error it answered with, as it was rendered there */
export const callAdmin = async <T>(
  system: Pick<RunningSystem, 'url' | 'adminToken'>,
  call: AdminRequest,
): Promise<T> => {
  const response = await request(`${system.url}${call.path}`, {
    method: call.method ?? 'GET',
    headers: { authorization: `Bearer ${system.adminToken}`, 'content-type': 'application/json' },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    ...(call.signal ? { signal: call.signal } : {}),
  })
  const body = (await response.body.json()) as T & { error?: { code?: string; message: string } }
  if (response.statusCode < 400) return body
  const { code = 'http', message = `HTTP ${response.statusCode}` } = body.error ?? {}
  throw new ArchitectError(`admin.${code}`, { message }, message)
}
