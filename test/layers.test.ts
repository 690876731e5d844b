// The layers are enforced by Biome; this lints files that break them and expects the refusal.

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

const lint = (files: Record<string, string>) => {
  const folder = mkdtempSync(join(tmpdir(), 'layers-'))
  folders.push(folder)
  const config = JSON.parse(readFileSync('biome.json', 'utf8'))
  writeFileSync(join(folder, 'biome.json'), JSON.stringify({ ...config, vcs: { enabled: false } }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const biome = resolve('node_modules/@biomejs/biome/bin/biome')
  const result = spawnSync(process.execPath, [biome, 'lint', '--max-diagnostics=50'], {
    cwd: folder,
    encoding: 'utf8',
  })
  return { status: result.status, output: result.stdout + result.stderr }
}

const module = (from: string) => `import { x } from '${from}'\n\nexport const y = x\n`
const target = 'export const x = 1\n'

describe('the layers', () => {
  it.each([
    [
      'a lower floor through its index',
      { 'src/planner/a.ts': module('../catalog/index.js'), 'src/catalog/index.ts': target },
    ],
    ['core directly', { 'src/gateway/a.ts': module('../core/errors.js'), 'src/core/errors.ts': target }],
    ['a file of its own room', { 'src/llm/engines/a.ts': module('../frame.js'), 'src/llm/frame.ts': target }],
  ])('allow %s', (_name, files) => {
    expect(lint(files)).toMatchObject({ status: 0 })
  })

  it.each([
    ['a higher floor', { 'src/planner/a.ts': module('../gateway/index.js'), 'src/gateway/index.ts': target }],
    ['a peer', { 'src/rag/a.ts': module('../guardrails/index.js'), 'src/guardrails/index.ts': target }],
    [
      'another room past its index',
      { 'src/planner/a.ts': module('../catalog/lookup.js'), 'src/catalog/lookup.ts': target },
    ],
    ['anything from core', { 'src/core/a.ts': module('../stats/index.js'), 'src/stats/index.ts': target }],
  ])('refuse to import %s', (_name, files) => {
    const { status, output } = lint(files)
    expect(status).not.toBe(0)
    expect(output).toContain('noRestrictedImports')
  })

  it('refuse a cycle', () => {
    const { status, output } = lint({
      'src/rag/a.ts': "import { b } from './b.js'\n\nexport const a = () => b\n",
      'src/rag/b.ts': "import { a } from './a.js'\n\nexport const b = () => a\n",
    })
    expect(status).not.toBe(0)
    expect(output).toContain('noImportCycles')
  })
})
