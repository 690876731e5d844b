import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findDataFiles, writeSquadCorpus } from './squad-corpus.js'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'squad-'))
  await mkdir(join(directory, 'data'))
  const squad = (contexts: readonly string[]) => ({
    data: [
      {
        paragraphs: contexts.map((context, i) => ({
          context,
          qas: [{ id: i, question: `about ${context}?` }],
        })),
      },
    ],
  })
  await writeFile(join(directory, 'data', 'a.json'), JSON.stringify(squad(['one', '# two\nlines'])))
  await writeFile(join(directory, 'data', 'b.json'), JSON.stringify(squad(['三'])))
  await writeFile(join(directory, 'data', 'README.md'), 'about')
})
afterAll(() => rm(directory, { recursive: true, force: true }))

describe('a SQuAD corpus', () => {
  it('becomes one document per paragraph, and each question knows its own', async () => {
    const files = await findDataFiles(join(directory, 'data'), /\.json$/)
    const target = join(directory, 'corpus')
    const { documents, questions } = await writeSquadCorpus(files, target)
    expect(documents).toBe(3)
    expect((await readdir(target)).sort()).toEqual(['p00001.md', 'p00002.md', 'p00003.md'])
    expect(questions.map(({ path }) => path)).toEqual(['p00001.md', 'p00002.md', 'p00003.md'])
    expect(await readFile(join(target, 'p00003.md'), 'utf8')).toBe('三\n')
  })

  it('keeps a paragraph a paragraph that looks like a heading', async () => {
    expect(await readFile(join(directory, 'corpus', 'p00002.md'), 'utf8')).toBe('\\# two lines\n')
  })

  it('has no files where its folder is missing', async () => {
    expect(await findDataFiles(join(directory, 'none'), /./)).toEqual([])
  })

  it('that is none is refused by name', async () => {
    await writeFile(join(directory, 'wrong.json'), '{"data": 1}')
    const wrong = writeSquadCorpus([join(directory, 'wrong.json')], join(directory, 'corpus'))
    await expect(wrong).rejects.toMatchObject({
      code: 'verify.squad-invalid',
      params: { place: 'data' },
    })
  })
})
