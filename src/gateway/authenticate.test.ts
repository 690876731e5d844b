import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { parseArchitecture } from '../spec/index.js'
import { createAuthenticate } from './authenticate.js'

const architectureWith = (requireKeys: boolean) =>
  parseArchitecture(`version: 1
name: a
server: { requireKeys: ${requireKeys} }
deployments: [{ id: e, engine: extractive, model: e }]
routes: [{ name: r, strategy: { deployment: e } }]
`)
const keyring = { find: () => undefined }
const from = (remoteAddress: string, authorization: string) =>
  ({
    headers: { authorization, host: '127.0.0.1:8700' },
    socket: { remoteAddress },
  }) as unknown as IncomingMessage

describe('a placeholder for a key', () => {
  it.each(['none', 'EMPTY', 'sk-no-key-required'])(
    'such as %s counts as no key where none is asked for',
    (key) => {
      const authenticate = createAuthenticate({ architecture: architectureWith(false), keyring })
      expect(authenticate(from('127.0.0.1', `Bearer ${key}`))).toMatchObject({
        tenant: 'default',
        keyId: 'local',
      })
    },
  )

  it('opens nothing where keys are required, nor from another machine', () => {
    const strict = createAuthenticate({ architecture: architectureWith(true), keyring })
    expect(() => strict(from('127.0.0.1', 'Bearer none'))).toThrowError(
      expect.objectContaining({ code: 'gateway.key-invalid' }),
    )
    const local = createAuthenticate({ architecture: architectureWith(false), keyring })
    expect(() => local(from('10.0.0.9', 'Bearer none'))).toThrowError(
      expect.objectContaining({ code: 'gateway.key-missing' }),
    )
  })

  it('is not every wrong key', () => {
    const authenticate = createAuthenticate({ architecture: architectureWith(false), keyring })
    expect(() => authenticate(from('127.0.0.1', 'Bearer la-wrong'))).toThrowError(
      expect.objectContaining({ code: 'gateway.key-invalid' }),
    )
  })
})
