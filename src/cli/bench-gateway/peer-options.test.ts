import { expect, it } from 'vitest'
import { peersOf } from './peer-options.js'

it('reads gateways with their models and headers', () => {
  const peers = peersOf({
    peer: ['litellm=http://127.0.0.1:4000/v1', 'portkey=http://localhost:8787/v1/'],
    peerModel: ['litellm=fake'],
    peerHeader: ['portkey=X-Portkey-Provider: openai', 'portkey=authorization:Bearer x'],
  })
  expect(peers).toEqual([
    {
      name: 'litellm',
      target: { host: '127.0.0.1', port: 4000, path: '/v1/chat/completions', model: 'fake', headers: {} },
    },
    {
      name: 'portkey',
      target: {
        host: 'localhost',
        port: 8787,
        path: '/v1/chat/completions',
        model: 'mock',
        headers: { 'x-portkey-provider': 'openai', authorization: 'Bearer x' },
      },
    },
  ])
})

it.each([
  [{ peer: ['http://127.0.0.1:4000'] }, '--peer'],
  [{ peer: ['a=https://127.0.0.1'] }, '--peer'],
  [{ peer: ['a=http://x/v1'], peerModel: ['b=m'] }, '--peer-model'],
  [{ peer: ['a=http://x/v1'], peerHeader: ['a=none'] }, '--peer-header'],
])('refuses %j', (options, option) => {
  expect(() => peersOf(options)).toThrow(
    expect.objectContaining({ code: 'cli.bench-peer', params: expect.objectContaining({ option }) }),
  )
})
