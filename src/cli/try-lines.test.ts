import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { architectureSchema } from '../spec/index.js'
import { writeSampleDocument } from './sample-document.js'
import type { ServingSystem } from './serve-system.js'
import { tryLines } from './try-lines.js'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'try-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const architecture = architectureSchema.parse({
  version: 1,
  name: 'shop',
  deployments: [{ id: 'main', engine: 'extractive', model: 'extractive' }],
  routes: [{ name: 'support', strategy: { deployment: 'main' } }],
})
const system = {
  url: 'http://127.0.0.1:1',
  current: () => ({ architecture }) as ReturnType<ServingSystem['current']>,
}
const linesIn = (language: 'en' | 'zh-TW') =>
  tryLines(system, directory, { language, text: (en, zhTW) => (language === 'en' ? en : zhTW) }).join('\n')

describe('the lines to try a system with', () => {
  it('ask a question of the project itself, in the language of the reader, safe for a shell', () => {
    mkdirSync(join(directory, 'evals'))
    const questions = [
      { lang: 'en', question: "What's the price of a kayak?" },
      { lang: 'zh-TW', question: '獨木舟多少錢？' },
    ]
    writeFileSync(
      join(directory, 'evals/answers.jsonl'),
      questions.map((each) => JSON.stringify(each)).join('\n'),
    )
    expect(linesIn('zh-TW')).toContain('獨木舟多少錢？')
    const written = /-d (.*)$/m.exec(linesIn('en'))?.[1] ?? ''
    const body = execFileSync('sh', ['-c', `printf %s ${written}`], { encoding: 'utf8' })
    expect(JSON.parse(body).messages).toEqual([{ role: 'user', content: "What's the price of a kayak?" }])
  })

  it('leave the question to the reader where the project has none, and need nothing installed', () => {
    expect(linesIn('en')).toContain('YOUR QUESTION')
    expect(linesIn('en')).not.toMatch(/import\(|lost card/)
    mkdirSync(join(directory, 'evals'))
    writeFileSync(join(directory, 'evals/answers.jsonl'), 'null\n1\n')
    expect(linesIn('zh-TW')).toContain('您的問題')
    writeFileSync(join(directory, 'evals/answers.jsonl'), '{"question":')
    expect(linesIn('zh-TW')).toContain('您的問題')
  })
})

describe('the sample document', () => {
  it('is made where the folder is not there yet, inside the project', () => {
    expect(writeSampleDocument(directory, './documents', 'en')).toBe(
      join(directory, 'documents', 'sample.md'),
    )
    expect(writeSampleDocument(directory, './documents', 'en')).toBeUndefined()
    for (const outside of ['../elsewhere', '/nowhere/documents', 'a/../../elsewhere'])
      expect(writeSampleDocument(directory, outside, 'en')).toBeUndefined()
  })
})
