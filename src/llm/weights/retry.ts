// What is worth another attempt on the way to a file, and how long to wait before it.

import { ArchitectError, type Clock } from '../../core/index.js'

/** The server said no for now, or the answer stopped short. */
export interface PassingFailure extends Error {
  readonly retryAfterMs: number | null
}

export const passingFailure = (reason: string, retryAfterMs: number | null = null): PassingFailure =>
  Object.assign(new Error(reason), { name: 'PassingFailure' as const, retryAfterMs })

const isPassingFailure = (error: unknown): error is PassingFailure =>
  error instanceof Error && error.name === 'PassingFailure'

/** Codes of a connection that could not be made or broke. */
const connectionCodes =
  /^(E(CONNREFUSED|CONNRESET|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH|NETDOWN|AI_AGAIN|NOTFOUND)|UND_ERR_(CONNECT_TIMEOUT|HEADERS_TIMEOUT|BODY_TIMEOUT|SOCKET|RES_CONTENT_LENGTH_MISMATCH|ABORTED))$/

/** In words, when another attempt may help; undefined when it will not. */
export const passingReason = (error: unknown): string | undefined => {
  if (isPassingFailure(error)) return error.message
  if (error instanceof ArchitectError || !(error instanceof Error)) return undefined
  if (error instanceof AggregateError)
    return error.errors.map(passingReason).find((reason) => reason !== undefined)
  const code = (error as { code?: unknown }).code
  return typeof code === 'string' && connectionCodes.test(code) ? code : undefined
}

/** The wait that a 429 or 503 asks for. */
export const retryAfterOf = (header: string | undefined, wallMs: number): number | null => {
  if (header === undefined) return null
  if (/^\d{1,6}$/.test(header.trim())) return Number(header) * 1000
  const time = Date.parse(header)
  return Number.isNaN(time) ? null : Math.max(0, time - wallMs)
}

export const isPassingStatus = (status: number): boolean => status === 429 || status === 408 || status >= 500

const maxFailures = 4

/** Asks again while another attempt may help. @throws what `explain` makes of the last failure */
export const askPatiently = async <T>(
  ask: () => Promise<T>,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
  explain: (error: unknown, reason: string | undefined) => Error,
): Promise<T> => {
  for (let failures = 1; ; failures++) {
    try {
      return await ask()
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof ArchitectError) throw error
      const reason = passingReason(error)
      // A name that does not resolve or a refused port is an answer: the other side is out of reach from here.
      const isFinal =
        reason === undefined || /^E(NOTFOUND|CONNREFUSED)$/.test(reason) || failures >= maxFailures
      if (isFinal) throw explain(error, reason)
      await waitBefore(clock, failures, error, signal)
    }
  }
}

const firstWaitMs = 500
const longestWaitMs = 30_000

/** Waits before the attempt after `failures` of them in a row: doubling, or as long as the server asked. */
export const waitBefore = (clock: Clock, failures: number, error: unknown, signal: AbortSignal) => {
  const asked = isPassingFailure(error) ? error.retryAfterMs : null
  const waitMs = asked ?? firstWaitMs * 2 ** (failures - 1)
  return clock.sleep(Math.min(longestWaitMs, waitMs), signal)
}
