// docs/gateway-failures.md: what it names as proof is there.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const text = readFileSync('docs/gateway-failures.md', 'utf8')
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| ---') && !line.startsWith('| failure'))
  .map((line) => {
    const [, failure = '', threads = '', here = '', proof = ''] = line.split(' | ').join('|').split('|')
    return {
      failure: failure.trim(),
      threads,
      here,
      proofs: proof.trim() === '' ? [] : proof.trim().split('<br>'),
    }
  })

describe('the table of failures', () => {
  it('has every thread once', () => {
    const links = rows.flatMap(({ threads }) => threads.match(/https:\/\/github\.com\/[^)]+/g) ?? [])
    expect(new Set(links).size).toBe(links.length)
    expect(links).toHaveLength(74)
  })

  it.each(rows)('proves, or puts off: $failure', ({ here, proofs }) => {
    if (proofs.length === 0) expect(here.toLowerCase()).toContain('**later**')
    for (const proof of proofs) {
      const [, file = '', title = ''] = /^`([^`]+)`: (.+)$/.exec(proof) ?? []
      // As a test's title stands: in quotes, so that a comment proves nothing.
      expect(readFileSync(file, 'utf8')).toMatch(new RegExp(`(['"])${escaped(title)}\\1`))
    }
  })
})

const escaped = (title: string) => title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

it('depends on exact versions alone', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
  const versions: [string, string][] = Object.entries({ ...dependencies, ...devDependencies })
  expect(versions.length).toBeGreaterThan(10)
  // What the repository itself holds is as exact as a version.
  for (const [name, version] of versions)
    expect(`${name} ${version}`).toMatch(/ (\d+\.\d+\.\d+|file:test\/fixtures\/[\w-]+)$/)
})
