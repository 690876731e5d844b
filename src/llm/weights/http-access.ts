// GET over HTTP with redirects followed by hand: a token goes to the origin it was given for and to no other.

import { type Dispatcher, EnvHttpProxyAgent, request } from 'undici'
import { weightsError } from './messages.js'

export interface HttpAccess {
  /** Opens the answer of a GET; the caller reads or dumps its body. */
  open(url: URL, options: OpenOptions): Promise<HttpAnswer>
  close(): Promise<void>
}

interface OpenOptions {
  readonly headers?: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

export interface HttpAnswer {
  readonly status: number
  /** The last value of a header. */
  header(name: string): string | undefined
  readonly body: Dispatcher.ResponseData['body']
  /** Origin that answered, for messages: a signed address is a secret. */
  readonly origin: string
}

export interface HttpAccessOptions {
  /** `HF_TOKEN`, `HTTPS_PROXY` and friends. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Base address of the hub; the only origin that sees the token. */
  readonly endpoint: URL
}

const maxRedirects = 6
const silenceMs = 60_000

export const createHttpAccess = ({ environment, endpoint }: HttpAccessOptions): HttpAccess => {
  const proxy = (name: string) => environment[name.toLowerCase()] || environment[name] || ''
  const agent = new EnvHttpProxyAgent({
    httpProxy: proxy('HTTP_PROXY'),
    httpsProxy: proxy('HTTPS_PROXY'),
    noProxy: proxy('NO_PROXY'),
    headersTimeout: silenceMs,
    bodyTimeout: silenceMs,
    connect: { timeout: 15_000 },
  })
  const token = environment.HF_TOKEN?.trim()
  const authorization = (url: URL): Record<string, string> =>
    token && url.origin === endpoint.origin && isPrivate(url) ? { authorization: `Bearer ${token}` } : {}
  return {
    open: (start, { headers = {}, signal }) =>
      follow(start, async (url) => {
        const answer = await request(url, {
          dispatcher: agent,
          signal,
          headers: {
            'user-agent': 'llm-architect',
            'accept-encoding': 'identity',
            ...headers,
            ...authorization(url),
          },
        })
        return { answer, url }
      }),
    close: () => agent.close(),
  }
}

/** Encrypted, or never leaving this machine. */
const isPrivate = (url: URL): boolean =>
  url.protocol === 'https:' || /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname)

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

const follow = async (
  start: URL,
  get: (url: URL) => Promise<{ answer: Dispatcher.ResponseData; url: URL }>,
): Promise<HttpAnswer> => {
  let url = start
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const { answer } = await get(url)
    const location = lastOf(answer.headers.location)
    if (!redirects.has(answer.statusCode) || location === undefined)
      return {
        status: answer.statusCode,
        header: (name) => lastOf(answer.headers[name]),
        body: answer.body,
        origin: url.origin,
      }
    await answer.body.dump()
    url = nextAddress(url, location, start)
  }
  throw refused(start, `more than ${maxRedirects} redirects`)
}

const nextAddress = (from: URL, location: string, start: URL): URL => {
  if (!URL.canParse(location, from.href)) throw refused(start, 'not an address')
  const next = new URL(location, from)
  if (next.protocol !== 'https:' && next.protocol !== 'http:') throw refused(start, next.protocol)
  if (from.protocol === 'https:' && next.protocol === 'http:') throw refused(start, 'https to http')
  return next
}

const refused = (start: URL, reason: string) =>
  weightsError('weights.redirect-refused', { file: `${start.origin}${start.pathname}`, reason })

const lastOf = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : value?.at(-1)
