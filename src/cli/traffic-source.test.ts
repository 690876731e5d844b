// Where traffic is read from: files of several encodings, and addresses that are slow, endless or elsewhere.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { openTrafficSource, type SourceOptions } from './traffic-source.js'

const directory = mkdtempSync(join(tmpdir(), 'traffic-source-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))
const { signal } = new AbortController()

const read = async (source: string, options: Partial<SourceOptions> = {}): Promise<string> => {
  let text = ''
  const opened = await openTrafficSource(source, { signal, ...options })
  for await (const piece of opened.text) text += piece
  return text
}

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}

const text = `${'{"question":"為什麼？"}\n'.repeat(100_000)}`

describe('a file', () => {
  it.each<[string, string | Uint8Array]>([
    ['plain', text],
    ['gzip, whatever its name', gzipSync(text)],
    ['gzip in two members', Buffer.concat([gzipSync(text.slice(0, 1001)), gzipSync(text.slice(1001))])],
    ['UTF-16', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])],
  ])('%s is read as text', async (name, content) => {
    expect((await read(file(`${name}.log`, content))) === text).toBe(true)
  })

  it('may be written with its scheme', async () => {
    const path = file('schemed.log', 'text')
    expect(await Promise.all([read(`file:${path}`), read(`file://${path}`)])).toEqual(['text', 'text'])
  })

  it('that is empty is an empty text', async () => {
    expect(await read(file('empty', ''))).toBe('')
  })

  it('that is missing, a folder or cut off says what is wrong', async () => {
    await expect(read(join(directory, 'none'))).rejects.toMatchObject({ code: 'cli.traffic-not-found' })
    await expect(read(directory)).rejects.toMatchObject({ code: 'cli.traffic-folder' })
    const cut = file('cut.gz', gzipSync(text).subarray(0, 200))
    await expect(read(cut)).rejects.toMatchObject({ code: 'cli.traffic-unreadable' })
  })
})

describe('an address', () => {
  let server: Server | undefined
  const serve = async (listener: RequestListener): Promise<string> => {
    const started = createServer(listener)
    server = started
    await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(started.address() as AddressInfo).port}/log`
  }
  afterEach(() => {
    server?.closeAllConnections()
    server?.close()
  })

  it('is fetched, unpacked too', async () => {
    const url = await serve((_, response) => response.end(gzipSync(text)))
    expect((await read(url)) === text).toBe(true)
  })

  it('that answers with something else is refused with its status and where it points', async () => {
    const url = await serve((_, response) =>
      response.writeHead(302, { location: 'http://127.0.0.1/other' }).end(),
    )
    await expect(read(url)).rejects.toMatchObject({
      code: 'cli.traffic-status',
      params: { status: 302, location: 'http://127.0.0.1/other' },
    })
  })

  it('is not read beyond its limit, before or after unpacking', async () => {
    const endless = await serve((_, response) => {
      const more = () => {
        while (response.write('x'.repeat(65_536)));
      }
      response.on('drain', more)
      more()
    })
    await expect(read(endless, { maxBytes: 1024 * 1024 })).rejects.toMatchObject({
      code: 'cli.traffic-too-large',
    })
    server?.closeAllConnections()
    server?.close()
    const packed = await serve((_, response) => response.end(gzipSync('x'.repeat(4 * 1024 * 1024))))
    await expect(read(packed, { maxBytes: 1024 * 1024 })).rejects.toMatchObject({
      code: 'cli.traffic-too-large',
    })
  })

  it('that stops in the middle is given up', async () => {
    const url = await serve((_, response) => {
      response.write('{"a":')
    })
    await expect(read(url, { timeoutMs: 300 })).rejects.toMatchObject({ code: 'cli.traffic-timeout' })
  })

  it('where nobody answers is an error that names it', async () => {
    const url = await serve(() => {})
    server?.close()
    server = undefined
    await expect(read(url)).rejects.toMatchObject({ code: 'cli.traffic-unreadable', params: { source: url } })
  })
})

it('what is read no further is let go', async () => {
  const closed = Promise.withResolvers<void>()
  const server = createServer((request, response) => {
    response.write('x'.repeat(100_000))
    request.socket.once('close', () => closed.resolve())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const opened = await openTrafficSource(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, {
    signal,
  })
  for await (const piece of opened.text) {
    expect(piece).not.toBe('')
    break
  }
  await closed.promise
  server.close()
})
