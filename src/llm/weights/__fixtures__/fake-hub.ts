// A model hub and, on another port, the storage it redirects to: both record what they are asked and what they send,
// and the storage fails as it is told.

import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface HubFile {
  readonly path: string
  readonly bytes: Buffer
  /** Announced instead of the true hash. */
  readonly sha256?: string
  /** Kept in git itself rather than as a large file. */
  readonly inGit?: boolean
}

/** What the storage does with one request, in order; afterwards it serves. */
export type Misbehaviour =
  | { readonly status: number; readonly retryAfter?: string }
  | { readonly cutAfterBytes: number }
  | { readonly hangAfterBytes: number }
  /** An answer that is whole by its own account and holds less than the file. */
  | { readonly wholeAfterBytes: number }

export interface SeenRequest {
  readonly server: 'hub' | 'storage'
  readonly path: string
  readonly authorization: string | undefined
  readonly range: string | undefined
  readonly ifRange: string | undefined
  /** Bytes of the body that were sent. */
  sentBytes: number
}

export interface FakeHub {
  readonly endpoint: string
  readonly storage: string
  readonly seen: SeenRequest[]
  /** To be used up, one for each request of a file. */
  readonly misbehave: Misbehaviour[]
  files: readonly HubFile[]
  licence: string | undefined
  gated: boolean | string
  commit: string
  close(): Promise<void>
}

export const startFakeHub = async (files: readonly HubFile[]): Promise<FakeHub> => {
  const seen: SeenRequest[] = []
  const misbehave: Misbehaviour[] = []
  const note = (server: SeenRequest['server'], request: IncomingMessage): SeenRequest => {
    const { authorization, range, 'if-range': ifRange } = request.headers
    const entry = {
      server,
      path: request.url ?? '',
      authorization,
      range,
      ifRange: typeof ifRange === 'string' ? ifRange : undefined,
      sentBytes: 0,
    }
    seen.push(entry)
    return entry
  }
  const storage = createServer((request, response) => {
    const entry = note('storage', request)
    const file = hub.files.find(({ path }) => request.url?.split('?')[0] === `/blobs/${path}`)
    if (file) serveFile({ file, entry, misbehaviour: misbehave.shift() }, response)
    else response.writeHead(404).end()
  })
  const api = createServer((request, response) => {
    note('hub', request)
    const path = decodeURIComponent((request.url ?? '').split('?')[0] ?? '')
    if (path === '/api/models/acme/tiny/revision/main') return answerInfo(hub, response)
    if (hub.gated && request.headers.authorization !== 'Bearer accepted') return response.writeHead(403).end()
    const prefix = `/acme/tiny/resolve/${hub.commit}/`
    if (!path.startsWith(prefix)) return response.writeHead(404).end()
    response.writeHead(302, { location: `${hub.storage}/blobs/${path.slice(prefix.length)}` }).end()
  })
  const hub: FakeHub = {
    endpoint: await listen(api),
    storage: await listen(storage),
    seen,
    misbehave,
    files,
    licence: 'apache-2.0',
    gated: false,
    commit: 'a'.repeat(40),
    close: async () => {
      await Promise.all([stop(api), stop(storage)])
    },
  }
  return hub
}

const listen = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const stop = (server: Server) =>
  new Promise<void>((resolve) => {
    server.closeAllConnections()
    server.close(() => resolve())
  })

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

const answerInfo = (hub: FakeHub, response: ServerResponse): void => {
  const siblings = hub.files.map(({ path, bytes, inGit, sha256: announced }) => ({
    rfilename: path,
    size: bytes.length,
    blobId: createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex'),
    ...(inGit ? {} : { lfs: { sha256: announced ?? sha256(bytes), size: bytes.length, pointerSize: 134 } }),
  }))
  const cardData = hub.licence === undefined ? {} : { license: hub.licence }
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ id: 'acme/tiny', sha: hub.commit, gated: hub.gated, cardData, siblings }))
}

interface FileAnswer {
  readonly file: HubFile
  readonly entry: SeenRequest
  readonly misbehaviour: Misbehaviour | undefined
}

const serveFile = ({ file, entry, misbehaviour }: FileAnswer, response: ServerResponse): void => {
  if (misbehaviour && 'status' in misbehaviour) {
    const { status, retryAfter } = misbehaviour
    response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end('no')
    return
  }
  const etag = `"${sha256(file.bytes).slice(0, 16)}"`
  const asked = Number(/^bytes=(\d+)-$/.exec(entry.range ?? '')?.[1] ?? 0)
  const from = entry.ifRange === undefined || entry.ifRange === etag ? asked : 0
  const limit = misbehaviour ? Object.values(misbehaviour)[0] : undefined
  const body = file.bytes.subarray(from, limit === undefined ? undefined : from + limit)
  const { length } = file.bytes
  const isWhole = misbehaviour === undefined || 'wholeAfterBytes' in misbehaviour
  const headers = { etag, 'accept-ranges': 'bytes', 'content-length': isWhole ? body.length : length - from }
  const range = from > 0 ? { 'content-range': `bytes ${from}-${length - 1}/${length}` } : {}
  response.writeHead(from > 0 ? 206 : 200, { ...headers, ...range })
  entry.sentBytes = body.length
  if (isWhole) response.end(body)
  else response.write(body, () => 'cutAfterBytes' in misbehaviour && response.destroy())
}
