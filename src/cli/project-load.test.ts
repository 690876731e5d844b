import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { loadProfileOf } from './project-load.js'

const directory = mkdtempSync(join(tmpdir(), 'project-load-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

it('asks public questions in the language of the project until it has its own', () => {
  const absent = { insteadOf: 'evals/retrieval.jsonl' }
  expect(loadProfileOf(directory, 'here', ['en'])).toMatchObject({
    questions: 'builtin:banking77/test',
    ...absent,
  })
  expect(loadProfileOf(directory, 'here', ['zh-TW', 'en'])).toMatchObject({
    questions: 'builtin:drcd/questions',
    ...absent,
  })
  mkdirSync(join(directory, 'evals'))
  writeFileSync(join(directory, 'evals/retrieval.jsonl'), '')
  const own = loadProfileOf(directory, 'here', ['en'])
  expect(own.questions).toBe('evals/retrieval.jsonl')
  expect(own).not.toHaveProperty('insteadOf')
})
