import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { formatArchitecture, parseArchitecture } from '../spec/index.js'
import { writeGenerated } from './write-generated.js'

const architecture = parseArchitecture(`version: 1
name: bank
deployments: [{ id: main, engine: extractive, model: extractive }]
routes: [{ name: support, strategy: { deployment: main } }]
`)
const yaml = (port: number) =>
  formatArchitecture({ ...architecture, server: { ...architecture.server, port } }, { head: ['by a test'] })
const markdown = (port: number) => `# bank\n\nport: ${port}\n`

describe.each([
  { kind: 'yaml' as const, name: 'architecture.yaml', textOf: yaml, proposed: 'architecture.proposed.yaml' },
  { kind: 'markup' as const, name: 'DESIGN.md', textOf: markdown, proposed: 'DESIGN.proposed.md' },
])('a generated $name', ({ kind, name, textOf, proposed }) => {
  let directory = ''
  let path = ''
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'write-generated-'))
    path = join(directory, name)
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  it('is written, is left alone when nothing changes, and is replaced while nobody has edited it', () => {
    expect(writeGenerated(path, textOf(8700), kind).state).toBe('written')
    expect(writeGenerated(path, textOf(8700), kind).state).toBe('unchanged')
    expect(writeGenerated(path, textOf(9999), kind).state).toBe('written')
    expect(readFileSync(path, 'utf8')).toContain('port: 9999')
  })

  it('is never overwritten once a person has changed it', () => {
    writeGenerated(path, textOf(8700), kind)
    const edited = readFileSync(path, 'utf8').replace('port: 8700', 'port: 8701')
    writeFileSync(path, edited)
    const result = writeGenerated(path, textOf(9999), kind)
    expect(result).toMatchObject({ state: 'proposed', path: join(directory, proposed) })
    expect(result.difference).toMatch(/-\s*port: 8701\n[\s\S]*\+\s*port: 9999/)
    expect(readFileSync(path, 'utf8')).toBe(edited)
  })

  it('of somebody else, without a hash, is not overwritten either', () => {
    writeFileSync(path, textOf(1))
    expect(writeGenerated(path, textOf(2), kind).state).toBe('proposed')
    expect(readFileSync(path, 'utf8')).toBe(textOf(1))
  })
})

describe('a generated architecture', () => {
  it('can be read with its comments', () => {
    const text = formatArchitecture(architecture, {
      head: ['For a test.'],
      beside: [{ path: ['deployments', 0, 'model'], comment: 'The only one there is.' }],
    })
    expect(text).toMatch(/^# For a test\.\n/)
    expect(text).toMatch(/# The only one there is\.\n +model: extractive/)
    expect(parseArchitecture(text)).toEqual(architecture)
  })
})
