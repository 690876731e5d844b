// HTTP to the system under test: one pool of connections, errors in the product's own form. Knows no endpoint.

import { Agent, type Dispatcher, request } from 'undici'
import { z } from 'zod'
import { verifyError } from './messages.js'

export interface Call {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly token?: string | undefined
  readonly body?: unknown
  readonly signal?: AbortSignal
}

export interface HttpTransport {
  /** Whatever the status. @throws `verify.system-away` */
  send(call: Call): Promise<Dispatcher.ResponseData>
  /** @throws `verify.system-answer` for an error status or another shape | `verify.system-away` */
  json<S extends z.ZodType>(call: Call, shape: S): Promise<z.output<S>>
  close(): Promise<void>
}

const answerTimeoutMs = 60_000

export const createHttpTransport = (baseUrl: string): HttpTransport => {
  const dispatcher = new Agent({ connections: 64, pipelining: 1 })
  const base = baseUrl.replace(/\/$/, '')
  const send = async (call: Call) => {
    const { method, path, token, body, signal } = call
    try {
      return await request(`${base}${path}`, {
        dispatcher,
        method,
        headers: {
          'content-type': 'application/json',
          'cache-control': 'no-store',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        headersTimeout: answerTimeoutMs,
        bodyTimeout: answerTimeoutMs,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal ? { signal } : {}),
      })
    } catch (error) {
      throw awayError(call, error)
    }
  }
  const json = async <S extends z.ZodType>(call: Call, shape: S): Promise<z.output<S>> => {
    const response = await send(call)
    const text = await response.body.text().catch((error: unknown) => Promise.reject(awayError(call, error)))
    const body = parseJson(text)
    const read = response.statusCode < 400 ? shape.safeParse(body) : undefined
    if (read?.success) return read.data
    const message = errorBody.safeParse(body).data?.error.message ?? text.slice(0, 200)
    const { method, path } = call
    throw verifyError('verify.system-answer', { method, path, status: response.statusCode, message })
  }
  return { send, json, close: () => dispatcher.destroy() }
}

/** The signal's own reason when the call was stopped. */
const awayError = ({ method, path, signal }: Call, error: unknown): unknown =>
  signal?.aborted
    ? signal.reason
    : verifyError(
        'verify.system-away',
        { method, path, detail: error instanceof Error ? error.message : String(error) },
        { retryable: true, cause: error },
      )

export const errorBody = z.object({
  error: z.object({ code: z.string().nullish(), message: z.string().default('') }),
})

export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    // Whoever asks checks the shape, and tells what came in place of it.
    return undefined
  }
}
