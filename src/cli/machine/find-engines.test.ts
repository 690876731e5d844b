// Servers on real sockets that answer as each engine does, and some that are no engine at all.

import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { findEngines } from './find-engines.js'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

const asked: string[] = []

/** A server that knows these paths. A string is sent as it is, anything else as JSON; undefined never answers. */
const serve = async (paths: Readonly<Record<string, unknown>>): Promise<number> => {
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    const path = request.url ?? ''
    if (!(path in paths)) return response.writeHead(404).end('{"error":"no"}')
    const body = paths[path]
    if (body === undefined) return undefined
    return response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const models = {
  '/v1/models': { object: 'list', data: [{ id: 'qwen' }, { id: 'phi' }, { name: 'nameless' }] },
}
const find = (ports: readonly number[], environment = {}) =>
  findEngines({ environment, ports, timeoutMs: 400 })

describe('findEngines', () => {
  it.each([
    ['vLLM', { '/version': { version: '0.32.0' } }],
    ['SGLang', { '/get_server_info': { version: '0.5.9' }, '/version': { version: '0.5.9' } }],
    ['TGI', { '/info': { model_id: 'qwen', version: '3.3.6' } }],
    ['llama-server', { '/props': { default_generation_settings: {} } }],
    ['Ollama', { '/api/version': { version: '0.15.2' } }],
    ['LM Studio', { '/api/v0/models': { data: [] } }],
    ['OpenAI-compatible', {}],
  ])('knows %s by its own answers, and lists its models', async (name, own) => {
    const port = await serve({ ...models, ...own })
    expect(await find([port])).toEqual([
      { name, address: `http://127.0.0.1:${port}/v1`, models: ['qwen', 'phi'] },
    ])
  })

  it('knows Triton by its metadata and lists its repository', async () => {
    const port = await serve({
      '/v2': { name: 'triton', version: '2.51.0' },
      '/v2/repository/index': [{ name: 'intents' }],
    })
    expect(await find([port])).toEqual([
      { name: 'Triton', address: `http://127.0.0.1:${port}`, models: ['intents'] },
    ])
  })

  it('finds nothing where nobody listens, where the answer is no list of models, and where none comes', async () => {
    const closed = await serve({})
    servers.pop()?.close()
    const ports = [
      closed,
      await serve({ '/v1/models': '<html>hello</html>' }),
      await serve({ '/v1/models': { data: 'none' } }),
      await serve({ '/v1/models': undefined, '/v2': undefined }),
      await serve({ '/v2': { name: 'another' } }),
    ]
    expect(await find(ports)).toEqual([])
  })

  it('looks where OLLAMA_HOST says, on this machine only', async () => {
    const port = await serve({ ...models, '/api/version': { version: '0.15.2' } })
    expect(await find([], { OLLAMA_HOST: `0.0.0.0:${port}` })).toMatchObject([{ name: 'Ollama' }])
    expect(await find([], { OLLAMA_HOST: 'http://192.0.2.1:11434' })).toEqual([])
    expect(await find([], { OLLAMA_HOST: ':::' })).toEqual([])
  })

  it('asks nothing that makes an engine work', async () => {
    asked.length = 0
    await find([await serve({ ...models, '/version': { version: '1' } })])
    expect(asked.length).toBeGreaterThan(3)
    for (const call of asked)
      expect(call).toMatch(
        /^GET \/(v1\/models|v2|info|get_server_info|props|version|api\/(version|v0\/models))$/,
      )
  })
})
