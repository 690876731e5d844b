// What of an upstream's head may travel on: no cookies, nothing that concerns only its connection (RFC 9110,
// section 7.6.1), nothing that describes its body's bytes.

import type { IncomingHttpHeaders } from 'node:http'

const dropped: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'trailers',
  'transfer-encoding',
  'upgrade',
  'alt-svc',
  'set-cookie',
  'set-cookie2',
  'content-length',
  'content-encoding',
  'www-authenticate',
])

export const responseHeaders = (headers: IncomingHttpHeaders): ReadonlyMap<string, string> => {
  const named = new Set(
    [headers.connection ?? []].flat().flatMap((value) => value.toLowerCase().split(/\s*,\s*/)),
  )
  const kept = new Map<string, string>()
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase()
    if (value === undefined || dropped.has(lower) || named.has(lower)) continue
    kept.set(lower, Array.isArray(value) ? value.join(', ') : value)
  }
  return kept
}

/** A longer pause is a mistake, such as the time of day in seconds; it would leave a key alone for years. */
const longestRetryAfterMs = 7 * 24 * 3_600_000

/**
 * When an upstream may be asked again. `retry-after-ms` is OpenAI's and Azure's, in ms; `retry-after` is RFC 9110,
 * section 10.2.3: seconds or a date. Anything unreadable is null.
 */
export const retryAfterMs = (headers: IncomingHttpHeaders, wallMs: number): number | null => {
  const exact = Number(firstOf(headers['retry-after-ms']) || Number.NaN)
  const ms = exact >= 0 ? exact : statedMs(firstOf(headers['retry-after']), wallMs)
  return ms <= longestRetryAfterMs ? ms : null
}

const statedMs = (value: string, wallMs: number): number =>
  /^\d+(\.\d+)?$/.test(value) ? Math.round(Number(value) * 1000) : Math.max(0, Date.parse(value) - wallMs)

/** A field that a proxy repeated comes as a list, whatever its type says. */
const firstOf = (value: string | readonly string[] | undefined): string => ([value].flat()[0] ?? '').trim()
