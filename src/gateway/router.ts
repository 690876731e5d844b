// Method and path to a handler. Exact paths are one map look-up; the rest are compared by segment.

import { azurePaths } from './azure-paths.js'
import type { Handler } from './exchange.js'
import { gatewayError } from './messages.js'

export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** `{name}` stands for one segment; `{name}:verb` for one that ends in the verb. */
  readonly path: string
  readonly handle: Handler
}

export interface Match {
  readonly handle: Handler
  readonly parameters: readonly string[]
}

export interface Router {
  /** @throws gateway.path-unknown, gateway.method-not-allowed */
  match(method: string, path: string): Match
}

/** @param served each also answers under Azure's paths */
export const createRouter = (served: readonly Endpoint[]): Router => {
  const endpoints = [...served, ...azurePaths(served)]
  const exact = new Map(
    endpoints.map((endpoint) => [
      `${endpoint.method} ${endpoint.path}`,
      { handle: endpoint.handle, parameters: [] },
    ]),
  )
  const patterns = endpoints
    .filter((endpoint) => endpoint.path.includes('{'))
    .map((endpoint) => ({ endpoint, segments: endpoint.path.split('/') }))

  const matchPattern = (method: string, path: string): Match | undefined => {
    const segments = path.split('/')
    for (const { endpoint, segments: pattern } of patterns) {
      const parameters = endpoint.method === method ? parametersOf(pattern, segments) : undefined
      if (parameters) return { handle: endpoint.handle, parameters }
    }
    return undefined
  }
  /** A verb that nobody serves is no name: `models/chat:predict` does not exist, in whatever method. */
  const methodsOf = (path: string) => {
    const segments = path.split('/')
    const isKindred = (e: Endpoint) => e.path.includes(':') === path.includes(':')
    return endpoints
      .filter((e) => e.path === path || (isKindred(e) && parametersOf(e.path.split('/'), segments)))
      .map((e) => e.method)
  }
  const refuse = (method: string, path: string) => {
    const allowed = methodsOf(path)
    if (allowed.length > 0) return gatewayError('gateway.method-not-allowed', { method, path, allowed })
    const hint = repairsOf(path).find((repaired) => methodsOf(repaired).length > 0) ?? null
    return gatewayError('gateway.path-unknown', { method, path: path.slice(0, 200), hint })
  }
  return {
    match: (method, path) => {
      const found = exact.get(`${method} ${path}`) ?? matchPattern(method, path)
      if (!found) throw refuse(method, path)
      return found
    },
  }
}

const parametersOf = (pattern: readonly string[], segments: readonly string[]): string[] | undefined => {
  if (pattern.length !== segments.length) return undefined
  const parameters: string[] = []
  for (const [i, expected] of pattern.entries()) {
    const actual = segments[i] ?? ''
    if (!expected.startsWith('{')) {
      if (expected !== actual) return undefined
      continue
    }
    const decoded = decodeSegment(actual)
    const verb = expected.slice(expected.indexOf('}') + 1)
    if (!decoded?.endsWith(verb) || decoded.length === verb.length) return undefined
    parameters.push(verb === '' ? decoded : decoded.slice(0, -verb.length))
  }
  return parameters
}

const decodeSegment = (segment: string) => {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}

/** What a wrong path was probably meant to be: the usual slips with a client's base URL. */
const repairsOf = (path: string): readonly string[] => {
  const tidy = path
    .toLowerCase()
    .replace(/\/{2,}/g, '/')
    .replace(/\/$/, '')
  return [tidy, `/v1${tidy}`, tidy.replace(/^\/v1(?=\/v1\/)/, ''), tidy.replace(/^\/(api|openai)/, '')]
}
