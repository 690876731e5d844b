// Figures and output in the documents are what evidence/ says, to the letter.

import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'figures-'))
afterAll(() => rmSync(folder, { recursive: true }))

const check = (directory: string) =>
  spawnSync(process.execPath, ['scripts/write-figures.mjs', '--check'], { cwd: directory, encoding: 'utf8' })

describe('the figures in the documents', () => {
  it('are those of the evidence', () => {
    expect(check('.')).toMatchObject({ status: 0, stderr: '' })
    expect(readFileSync('README.md', 'utf8')).toContain('Measured by `npm run acceptance -- loop`')
  })

  it('cannot be changed by hand', () => {
    for (const name of ['README.md', 'README.zh-TW.md', 'docs', 'evidence', 'scripts'])
      cpSync(name, join(folder, name), { recursive: true })
    for (const name of ['dist', 'node_modules', 'package.json'])
      symlinkSync(resolve(name), join(folder, name))
    const readMe = join(folder, 'README.md')
    writeFileSync(
      readMe,
      readFileSync(readMe, 'utf8').replace(/\| install and build[^|]*\| [\d.]+/, (row) => `${row}9`),
    )
    expect(check(folder).status).toBe(1)
  })
})
