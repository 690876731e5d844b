import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ArchitectError, createRandom, silentLog, systemClock } from '../core/index.js'
import { type SupervisedChild, superviseChild } from '../supervisor/index.js'
import { createTestFolder, knowledgeBase, signal, type TestFolder } from './__fixtures__/folder.js'
import type { Knowledge } from './knowledge.js'
import { createKnowledgeClient } from './knowledge-client.js'

const documents = 40
/** At random moments of an ingest: while it reads, while it commits, or just after. */
const kills = 2
const withinMs = 400

/** Repeats a call whose process was killed before the parent noticed. */
const patiently = async <T>(call: () => Promise<T>): Promise<T> => {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof ArchitectError && error.retryable)) throw error
    }
  }
}

const contentOf = (i: number, round: number) =>
  `# 文件 ${i}\n\nRound ${round} of document ${i}. ${'Fees and charges of the bank, in words. '.repeat(20)}\n\n第 ${i} 份文件，第 ${round} 輪。\n`

describe('the knowledge process', () => {
  let folder: TestFolder
  let child: SupervisedChild
  let knowledge: Knowledge
  // One process for all, which has no document before the first.
  beforeAll(async () => {
    folder = await createTestFolder()
    child = superviseChild({
      name: 'knowledge',
      entry: 'dist/bundle/knowledge.js',
      args: { directory: folder.directory, logLevel: 'error' },
      env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE },
      clock: systemClock,
      log: silentLog,
      restart: { initialDelayMs: 10, maxDelayMs: 20 },
    })
    knowledge = createKnowledgeClient(child)
    await child.ready
  })
  afterAll(async () => {
    await child.close()
    await folder.dispose()
  })

  const search = (query: string) =>
    knowledge.search({
      knowledge: knowledgeBase(),
      tenant: 'default',
      principal: ['public'],
      query,
      limit: 10,
      signal,
    })

  it.skipIf(process.platform !== 'linux')('loads its index where there are documents', async () => {
    const hasIndex = () => readFileSync(`/proc/${child.pid()}/maps`, 'utf8').includes('lancedb')
    expect(hasIndex()).toBe(false)
    await folder.write('first.md', 'First of all.')
    await knowledge.ingest({ knowledge: knowledgeBase(), root: folder.root, signal })
    expect(hasIndex()).toBe(true)
    const restarted = new Promise<void>((resolve) => child.onRestart(resolve))
    process.kill(child.pid() as number, 'SIGKILL')
    await restarted
    expect(hasIndex()).toBe(true)
    await folder.remove('first.md')
  })

  it('answers like the engine, with progress, and hands errors over whole', async () => {
    await folder.write('a.md', 'One fee.')
    const paths: string[] = []
    const report = await knowledge.ingest({
      knowledge: knowledgeBase(),
      root: folder.root,
      signal,
      onProgress: ({ path }) => paths.push(path),
    })
    expect([report.counts.ingested, paths]).toEqual([1, ['a.md']])
    const [passage] = await search('fee')
    expect(passage && (await knowledge.read(passage.reference))).toBe('One fee.')
    await expect(
      knowledge.ingest({ knowledge: knowledgeBase(), root: `${folder.root}/missing`, signal }),
    ).rejects.toMatchObject({ code: 'rag.folder-unreadable', params: { root: `${folder.root}/missing` } })
  })

  it('survives kill -9 during ingest: what was searchable stays so, and the next run completes it', async () => {
    const random = createRandom('knowledge-process')
    await folder.remove('a.md')
    for (let i = 0; i < documents; i++) await folder.write(`${i}.md`, contentOf(i, 0))
    const ingest = () => knowledge.ingest({ knowledge: knowledgeBase(), root: folder.root, signal })
    await ingest()
    for (let round = 1; round <= kills; round++) {
      for (let i = 0; i < documents; i++) await folder.write(`${i}.md`, contentOf(i, round))
      const killed = ingest().catch((error: unknown) => error)
      await pause(random.integer(withinMs))
      process.kill(child.pid() as number, 'SIGKILL')
      const outcome = await killed
      if (outcome instanceof Error) expect(outcome).toMatchObject({ retryable: true })
      // Waits for the restart: the first start after a kill is clean.
      const found = await patiently(() => search(`第 ${round} 份文件`))
      expect(found.length).toBe(10)
      for (const { reference, text } of found) expect(await knowledge.read(reference)).toBe(text)
    }
    const report = await ingest()
    expect(report.counts.ingested + report.counts.unchanged).toBe(documents)
    const fresh = await search(`Round ${kills} of document 7`)
    expect(fresh.every(({ text }) => text.includes(`Round ${kills} of`))).toBe(true)
    expect(await knowledge.status('handbook')).toMatchObject({
      documents,
      unindexedPassages: 0,
      failedFiles: 0,
    })
  }, 60_000)
})
