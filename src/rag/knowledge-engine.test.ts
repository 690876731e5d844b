import { readFileSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createManualClock, silentLog } from '../core/index.js'
import type { KnowledgeBase } from '../spec/index.js'
import { mean, ndcgAt } from '../stats/index.js'
import { createTestFolder, knowledgeBase, signal, type TestFolder } from './__fixtures__/folder.js'
import { defaultIngestLimits } from './ingest-folder.js'
import type { IngestReport } from './knowledge.js'
import { createKnowledgeEngine, type KnowledgeEngine } from './knowledge-engine.js'

const states = ({ files }: IngestReport) => Object.fromEntries(files.map(({ path, state }) => [path, state]))

describe('the knowledge engine', () => {
  let folder: TestFolder
  let engine: KnowledgeEngine
  const open = () =>
    createKnowledgeEngine({ directory: folder.directory, log: silentLog, limits: { maxFileBytes: 20_000 } })
  const ingest = (change: Partial<KnowledgeBase> = {}) =>
    engine.ingest({ knowledge: knowledgeBase(change), root: folder.root, signal })
  const search = (query: string, change: Partial<Parameters<KnowledgeEngine['search']>[0]> = {}) =>
    engine.search({
      knowledge: knowledgeBase(),
      tenant: 'default',
      principal: ['public'],
      query,
      limit: 6,
      signal,
      ...change,
    })

  beforeEach(async () => {
    folder = await createTestFolder({
      'fees.md': '# Fees\n\n## Transfers\n\nA transfer to another bank costs NT$15.\n',
      'zh/fees.html':
        '<h1>手續費</h1><table><tr><th>項目</th><th>收費</th></tr><tr><td>跨行轉帳</td><td>每筆 15 元</td></tr></table>',
    })
    engine = open()
  })
  afterEach(async () => {
    await engine.close()
    await folder.dispose()
  })

  it('finds passages in both languages, with references that read back word for word', async () => {
    expect((await ingest()).counts).toMatchObject({ ingested: 2, failed: 0 })
    const [english] = await search('What does a transfer to another bank cost?')
    expect(english?.reference).toMatchObject({ path: 'fees.md', title: 'Fees > Transfers' })
    const [chinese] = await search('跨行轉帳要多少錢？')
    expect(chinese?.reference).toMatchObject({ path: 'zh/fees.html', title: '手續費' })
    expect(chinese?.text).toContain('| 跨行轉帳 | 每筆 15 元 |')
    for (const passage of [english, chinese])
      expect(passage && (await engine.read(passage.reference))).toBe(passage?.text)
  })

  it('skips what is unchanged, replaces what changed, removes what is gone', async () => {
    await ingest()
    await folder.write('fees.md', '# Fees\n\nClosing an account is free.\n')
    await folder.remove('zh/fees.html')
    await folder.write('new.md', 'Something new.')
    const report = await ingest()
    expect(states(report)).toEqual({ 'fees.md': 'ingested', 'new.md': 'ingested', 'zh/fees.html': 'removed' })
    expect(report.passages).toBe(2)
    expect(await search('transfer NT$15')).toEqual([])
    expect(await search('跨行轉帳')).toEqual([])
    expect(states(await ingest())).toEqual({ 'fees.md': 'unchanged', 'new.md': 'unchanged' })
  })

  it('is whole again after an ingest when its pointer is damaged', async () => {
    await ingest()
    for (const text of ['{"name":', 'null', '[]']) {
      await engine.close()
      await writeFile(join(folder.directory, 'handbook', 'current.json'), text)
      engine = open()
      await expect(search('transfer'), text).rejects.toMatchObject({ code: 'rag.not-ingested' })
      expect((await ingest()).counts, text).toMatchObject({ unchanged: 2, ingested: 0 })
      expect((await search('transfer'))[0]?.reference.path, text).toBe('fees.md')
    }
  })

  it('gives the same passage the same id in every run, also after a restart', async () => {
    await ingest()
    const before = await search('transfer')
    await engine.close()
    engine = open()
    expect(await search('transfer')).toEqual(before)
    await folder.write('fees.md', 'changed')
    await ingest()
    await folder.write('fees.md', '# Fees\n\n## Transfers\n\nA transfer to another bank costs NT$15.\n')
    await ingest()
    expect((await search('transfer'))[0]?.reference.id).toBe(before[0]?.reference.id)
  })

  it('reads a citation of an older version, and none of a removed document', async () => {
    await ingest()
    const [passage] = await search('transfer')
    if (!passage) throw new Error('nothing was found')
    await folder.write('fees.md', 'changed')
    await ingest()
    expect(await engine.read(passage.reference)).toBe(passage.text)
    await folder.remove('fees.md')
    await ingest()
    await expect(engine.read(passage.reference)).rejects.toMatchObject({ code: 'rag.reference-gone' })
    for (const id of [
      'x',
      `../x:${'0'.repeat(40)}.0.1`,
      `other:${'0'.repeat(40)}.0.1`,
      `handbook:${'0'.repeat(40)}.0.1`,
    ])
      await expect(engine.read({ ...passage.reference, id })).rejects.toMatchObject({
        code: 'rag.reference-gone',
      })
    expect(await readdir(folder.directory)).toEqual(['handbook'])
  })

  it('reports every file by itself: empty, unreadable, too large, of another kind', async () => {
    await folder.write('empty.md', '---\ntitle: Nothing\n---\n<!-- nothing -->\n')
    await folder.write('binary.md', Buffer.from([0xff, 0x00, 0xfe]))
    await folder.write('large.md', 'x'.repeat(20_001))
    await folder.write('scan.pdf', '%PDF-1.7')
    const report = await ingest()
    expect(
      Object.fromEntries(
        report.files.map(({ path, state, reason }) => [path, `${state} ${reason?.code ?? ''}`.trim()]),
      ),
    ).toEqual({
      'binary.md': 'failed rag.file-not-text',
      'empty.md': 'empty rag.file-empty',
      'fees.md': 'ingested',
      'large.md': 'failed rag.file-too-large',
      'scan.pdf': 'ignored rag.file-unsupported',
      'zh/fees.html': 'ingested',
    })
    expect((await ingest()).counts).toMatchObject({ unchanged: 2, empty: 1, failed: 2, ignored: 1 })
    expect(await engine.status('handbook')).toMatchObject({
      exists: true,
      documents: 2,
      passages: 2,
      failedFiles: 2,
    })
  })

  it('goes on serving what a file held before it became unreadable', async () => {
    await ingest()
    await folder.write('fees.md', Buffer.from([0xff, 0x00]))
    const report = await ingest()
    expect(report.files.find(({ path }) => path === 'fees.md')).toMatchObject({
      state: 'failed',
      passages: 1,
    })
    expect(await search('transfer')).toHaveLength(1)
  })

  it('shows a caller the rows of its tenant and groups only, as they were set at the last ingest', async () => {
    await ingest({ tenant: "o'brien", access: ['staff', "it's"] })
    expect(await search('transfer')).toEqual([])
    expect(await search('transfer', { tenant: "o'brien" })).toEqual([])
    expect(await search('transfer', { tenant: "o'brien", principal: [] })).toEqual([])
    expect(await search('transfer', { tenant: "o'brien", principal: ['public', "it's"] })).toHaveLength(1)
    expect((await ingest()).counts).toMatchObject({ ingested: 2 })
    expect(await search('transfer', { tenant: "o'brien", principal: ['staff'] })).toEqual([])
    expect(await search('transfer')).toHaveLength(1)
  })

  it('prefers the language of the question where both languages match', async () => {
    await folder.write('a.md', 'Harbor Go opens at 09:00 and Harbor Go is our app, says Harbor Go.')
    await folder.write('b.md', '本行的應用程式是 Harbor Go，上午九點開放。')
    await ingest()
    const paths = async (query: string) => (await search(query)).map(({ reference }) => reference.path)
    expect((await paths('Harbor Go 是什麼？'))[0]).toBe('b.md')
    expect((await paths('What is Harbor Go?'))[0]).toBe('a.md')
  })

  it('says that nothing was ingested instead of finding nothing', async () => {
    await expect(search('transfer')).rejects.toMatchObject({ code: 'rag.not-ingested' })
    expect(await engine.status('handbook')).toMatchObject({ exists: false, passages: 0 })
    await expect(
      engine.ingest({ knowledge: knowledgeBase(), root: `${folder.root}/missing`, signal }),
    ).rejects.toMatchObject({ code: 'rag.folder-unreadable' })
  })

  it('stops when it is told to, and the next run completes the work', async () => {
    const stop = new AbortController()
    const aborted = engine.ingest({
      knowledge: knowledgeBase(),
      root: folder.root,
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('stopped')),
    })
    await expect(aborted).rejects.toThrow('stopped')
    expect((await ingest()).passages).toBe(2)
    expect(await search('transfer')).toHaveLength(1)
  })

  it('ranks Chinese paragraphs as well as a search without spaces between words has to', async () => {
    const slice = JSON.parse(readFileSync('benchmarks/data/drcd/drcd.json', 'utf8')) as {
      data: { paragraphs: { id: string; context: string; qas: { question: string }[] }[] }[]
    }
    const paragraphs = slice.data.flatMap((article) => article.paragraphs).slice(0, 80)
    for (const { id, context } of paragraphs) await folder.write(`${id}.md`, context)
    await ingest()
    const scores = []
    for (const { id, qas } of paragraphs)
      for (const { question } of qas.slice(0, 1)) {
        const found = (await search(question, { limit: 20 })).map(({ reference }) => reference.path)
        scores.push(ndcgAt(10)(found, new Map([[`${id}.md`, 1]])))
      }
    expect(scores.length).toBeGreaterThan(40)
    expect(mean(scores)).toBeGreaterThan(0.95)
  })
})

describe('an ingest at a standstill clock', () => {
  it('keeps the newest texts of a document', async () => {
    expect(defaultIngestLimits.versionsKept).toBe(10)
    const folder = await createTestFolder()
    const clock = createManualClock(1_000)
    const limits = { versionsKept: 3 }
    const engine = createKnowledgeEngine({ directory: folder.directory, log: silentLog, clock, limits })
    try {
      const references = []
      for (let i = 0; i < 5; i++) {
        await folder.write('a.md', `version ${i}`)
        await engine.ingest({ knowledge: knowledgeBase(), root: folder.root, signal })
        const request = {
          knowledge: knowledgeBase(),
          tenant: 'default',
          principal: ['public'],
          limit: 1,
          signal,
        }
        references.push((await engine.search({ ...request, query: 'version' }))[0]?.reference)
        await clock.advance(1)
      }
      const readable = await Promise.allSettled(references.map(async (each) => each && engine.read(each)))
      expect(readable.map(({ status }) => status === 'fulfilled')).toEqual([
        ...Array(2).fill(false),
        ...Array(3).fill(true),
      ])
    } finally {
      await engine.close()
      await folder.dispose()
    }
  })
})
