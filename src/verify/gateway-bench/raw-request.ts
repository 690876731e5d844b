// One chat request as bytes on a socket, and when its answer is whole. Knows no connection.

export type BenchMode = 'json' | 'sse' | 'paced'

/** Where requests go, and what is special about them there. */
export interface BenchTarget {
  readonly host: string
  readonly port: number
  /** Of the chat completions endpoint. */
  readonly path: string
  readonly model: string
  readonly headers: Readonly<Record<string, string>>
}

/** The word in a request by which the mock upstream knows that its events are to be paced. */
export const pacedMark = 'paced-stream'

/**
 * @param count differs in each request, so that no cache of answers hits
 * @param wanted the mark of the text that is to be streamed, where it is not the usual one
 */
export const requestBytes = (target: BenchTarget, mode: BenchMode, count: number, wanted = ''): string => {
  const body = JSON.stringify({
    model: target.model,
    messages: [
      { role: 'system', content: 'You are a helpful assistant of a bank. Answer shortly and politely.' },
      { role: 'user', content: `Question ${count}: how do I raise the limit of my card while I travel?` },
    ],
    ...(mode !== 'json' && { stream: true }),
    ...(mode === 'paced' && { user: `${pacedMark} ${wanted}` }),
  })
  const headers = {
    host: `${target.host}:${target.port}`,
    'content-type': 'application/json',
    ...target.headers,
    'content-length': String(Buffer.byteLength(body)),
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `POST ${target.path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`
}

/** Whether an answer, read as latin1, is complete: by its length, or by the last chunk. */
export const isWholeAnswer = (text: string): boolean => {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd < 0) return false
  const length = /content-length: *(\d+)/i.exec(text.slice(0, headEnd))?.[1]
  return length === undefined ? text.endsWith('\r\n0\r\n\r\n') : text.length >= headEnd + 4 + Number(length)
}

/** Whether it is a good one: status 200, and a stream that said its end. */
export const isGoodAnswer = (text: string, mode: BenchMode): boolean =>
  text.startsWith('HTTP/1.1 200') && (mode === 'json' || text.includes('data: [DONE]'))
