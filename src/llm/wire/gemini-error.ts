// Errors as Gemini's API shows them: the HTTP status as a number, its name in gRPC, and typed details.

import type { ErrorBody } from './wire-codec.js'

const names: ReadonlyMap<number, string> = new Map([
  [400, 'INVALID_ARGUMENT'],
  [401, 'UNAUTHENTICATED'],
  [403, 'PERMISSION_DENIED'],
  [404, 'NOT_FOUND'],
  [408, 'DEADLINE_EXCEEDED'],
  [409, 'ABORTED'],
  [412, 'FAILED_PRECONDITION'],
  [416, 'OUT_OF_RANGE'],
  [429, 'RESOURCE_EXHAUSTED'],
  [499, 'CANCELLED'],
  [501, 'UNIMPLEMENTED'],
  [502, 'UNAVAILABLE'],
  [503, 'UNAVAILABLE'],
  [504, 'DEADLINE_EXCEEDED'],
])

/** The name that gRPC gives to what an HTTP status says. */
export const statusName = (status: number): string =>
  names.get(status) ?? (status >= 500 ? 'INTERNAL' : 'INVALID_ARGUMENT')

/**
 * An error's whole body. Official clients raise an error of their own on a `code` that is no number, so ours stands in
 * the details, as the reason.
 */
export const geminiError = (error: ErrorBody): { readonly error: Readonly<Record<string, unknown>> } => {
  const code = error.status ?? 500
  return { error: { code, message: error.message, status: statusName(code), details: detailsOf(error) } }
}

const detailsOf = ({ code, param, message, retryAfterMs }: ErrorBody) => [
  ...(code === null
    ? []
    : [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: code.replace(/\W+/g, '_').toUpperCase(),
          domain: 'llm-architect',
          metadata: { code },
        },
      ]),
  ...(param === null
    ? []
    : [
        {
          '@type': 'type.googleapis.com/google.rpc.BadRequest',
          fieldViolations: [{ field: param, description: message }],
        },
      ]),
  ...(retryAfterMs === undefined
    ? []
    : [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${retryAfterMs / 1000}s` }]),
]
