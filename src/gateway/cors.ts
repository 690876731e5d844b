// Cross-origin requests of web pages (https://fetch.spec.whatwg.org/#http-cors-protocol): which pages a browser lets
// read the answers. Off unless architecture.yaml names their origins. Opens nothing else: a page needs a key, and the
// admin API is for no page.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Architecture } from '../spec/index.js'
import type { HttpHandler } from './http-server.js'

/** Browsers keep a preflight's answer for at most 2 h (Chromium) or 24 h (Firefox). */
const preflightSeconds = 7_200

/** The handler, with its answers made readable for the pages of the configured origins. */
export const withCors = (handle: HttpHandler, { server }: Pick<Architecture, 'server'>): HttpHandler => {
  if (!server.cors) return handle
  const origins = new Set(server.cors.origins.map(asSent))
  return (request, response) => {
    const allowed = allowedOrigin(request, origins)
    if (allowed === undefined) return handle(request, response)
    response.setHeader('access-control-allow-origin', allowed)
    if (allowed !== '*') response.setHeader('vary', 'origin')
    if (isPreflight(request)) return answerPreflight(request, response)
    // No cookies are allowed, so that a star means every header.
    response.setHeader('access-control-expose-headers', '*')
    handle(request, response)
  }
}

/** A browser leaves out the port that its scheme has anyway. */
const asSent = (origin: string) => (origin === '*' ? origin : new URL(origin).origin)

const allowedOrigin = (
  { headers, url = '/' }: IncomingMessage,
  origins: ReadonlySet<string>,
): string | undefined => {
  const { origin } = headers
  if (origin === undefined || /^\/admin(\/|\?|$)/.test(url)) return undefined
  if (origins.has('*')) return '*'
  return origins.has(origin) ? origin : undefined
}

const isPreflight = ({ method, headers }: IncomingMessage) =>
  method === 'OPTIONS' && headers['access-control-request-method'] !== undefined

const answerPreflight = ({ headers }: IncomingMessage, response: ServerResponse) => {
  const asked = headers['access-control-request-headers']
  response
    .writeHead(204, {
      'access-control-allow-methods': 'GET, POST, DELETE',
      ...(asked !== undefined && { 'access-control-allow-headers': asked }),
      'access-control-max-age': String(preflightSeconds),
    })
    .end()
}
