import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createParseWorker } from './create-parse-worker.js'

const built = pathToFileURL('dist/rag/parse-worker.js')
const file = (path: string, content: string) => ({ path, bytes: Buffer.from(content) })

describe('the parse worker', () => {
  let home: string
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'parse-worker-'))
  })
  afterEach(() => rm(home, { recursive: true, force: true }))

  /** A thread that spins on files named `hang`, takes all memory on `hog`, and answers any other. */
  const hostile = async () => {
    const entry = join(home, 'hostile.mjs')
    await writeFile(
      entry,
      `import { parentPort } from 'node:worker_threads'
       parentPort.on('message', ({ path }) => {
         if (path === 'hang.md') for (;;);
         if (path === 'hog.md') { const all = []; for (;;) all.push(new Array(1e6).fill(Math.random())) }
         parentPort.postMessage({ document: { text: path, title: path, blocks: [] } })
       })`,
    )
    return pathToFileURL(entry)
  }

  it('parses in its thread and hands errors over', async () => {
    const worker = createParseWorker({ entry: built })
    const [markdown, broken] = await Promise.allSettled([
      worker.parse(file('a.md', '# 標題\n\ntext')),
      worker.parse(file('b.md', 'a\0b')),
    ])
    await worker.close()
    expect(markdown).toMatchObject({ value: { title: '標題' } })
    expect(broken).toMatchObject({ reason: { code: 'rag.file-not-text' } })
  })

  it.each([
    ['hang.md', 'rag.file-parse-timeout'],
    ['hog.md', 'rag.file-parse-failed'],
  ])('ends a thread that costs too much (%s) and goes on with the next file', async (path, code) => {
    const worker = createParseWorker({
      entry: await hostile(),
      timeoutMs: path === 'hang.md' ? 300 : 15_000,
      maxMemoryMiB: 32,
    })
    await expect(worker.parse(file(path, ''))).rejects.toMatchObject({ code })
    expect(await worker.parse(file('next.md', ''))).toMatchObject({ text: 'next.md' })
    await worker.close()
  })
})
