import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseArchitecture } from '../spec/index.js'
import { writeArchitecture } from './write-architecture.js'

const architecture = parseArchitecture(`version: 1
name: bank
deployments: [{ id: main, engine: extractive, model: extractive }]
routes: [{ name: support, strategy: { deployment: main } }]
`)
const changed = { ...architecture, server: { ...architecture.server, port: 9999 } }

describe('a generated architecture file', () => {
  let directory = ''
  let path = ''
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'write-architecture-'))
    path = join(directory, 'architecture.yaml')
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  it('is written, is left alone when nothing changes, and is replaced while nobody has edited it', () => {
    expect(writeArchitecture(path, architecture, ['made by a test']).state).toBe('written')
    expect(writeArchitecture(path, architecture, ['made by a test']).state).toBe('unchanged')
    expect(writeArchitecture(path, changed, []).state).toBe('written')
    expect(parseArchitecture(readFileSync(path, 'utf8')).server.port).toBe(9999)
  })

  it('is never overwritten once a person has changed it', () => {
    writeArchitecture(path, architecture, [])
    const edited = readFileSync(path, 'utf8').replace('port: 8700', 'port: 8701')
    writeFileSync(path, edited)
    const result = writeArchitecture(path, changed, [])
    expect(result).toMatchObject({ state: 'proposed', path: join(directory, 'architecture.proposed.yaml') })
    expect(result.difference).toMatch(/-\s+port: 8701\n\+\s+port: 9999/)
    expect(readFileSync(path, 'utf8')).toBe(edited)
  })
})
