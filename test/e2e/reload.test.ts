// A reload may change everything but what was opened at the start; what could not start is refused, and what runs
// goes on.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ServingSystem, serveSystem } from '../../src/cli/serve-system.js'
import { silentLog } from '../../src/core/index.js'
import { createSmallProject } from './small-project.js'

const project = createSmallProject()
const environment: Record<string, string | undefined> = { ...process.env }
const original = readFileSync(project.architectureFile, 'utf8')
let system: ServingSystem

beforeAll(async () => {
  system = await serveSystem({
    architectureFile: project.architectureFile,
    stateDirectory: join(project.directory, '.llm-architect'),
    environment,
    log: silentLog,
  })
})
afterAll(async () => {
  await system?.close()
  project.remove()
})

const hashInForce = async () => {
  const { body } = await request(`${system.url}/health`)
  return ((await body.json()) as { architecture: string }).architecture
}

/** Reloads an edited file. @returns the error's code and parameters, or the hash that came in force */
const reloadWith = async (text: string) => {
  writeFileSync(project.architectureFile, text)
  try {
    return (await system.reload()).architectureHash
  } catch (error) {
    const { code, params } = error as { code: string; params: object }
    return { code, params }
  }
}

describe('a reload', () => {
  it('takes over what may change while it runs', async () => {
    const before = system.current().architectureHash
    const after = await reloadWith(`${original}limits: { requestsPerMinute: 7 }\n`)
    expect(after).toMatch(/^sha256:/)
    expect(after).not.toBe(before)
    expect(system.current().architecture.limits.requestsPerMinute).toBe(7)
  })

  it('refuses a store whose address has no value: a restart would fail', async () => {
    const before = await hashInForce()
    const store = `${original}store: { url: '\${env:NOPE_DB}' }\n`
    expect(await reloadWith(store)).toMatchObject({
      code: 'cli.secret-missing',
      params: { where: 'store.url' },
    })
    expect(await hashInForce()).toBe(before)
  })

  it('refuses another store, host and port, naming each field that needs a restart', async () => {
    const before = await hashInForce()
    environment.OTHER_DB = 'postgres://elsewhere/db'
    const changed = `${original.replace('port: 0', 'port: 8123, host: localhost')}store: { url: '\${env:OTHER_DB}' }\n`
    const refused = await reloadWith(changed)
    expect(refused).toMatchObject({
      code: 'cli.restart-needed',
      params: { fields: 'server.host, server.port, store.url' },
    })
    expect(JSON.stringify(refused)).not.toContain('elsewhere')
    expect(await hashInForce()).toBe(before)
  })

  it('takes the file again once it is as it was', async () => {
    expect(await reloadWith(original)).toMatch(/^sha256:/)
  })
})
