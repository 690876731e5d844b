import { execFileSync } from 'node:child_process'
import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestFolder, signal, type TestFolder } from './__fixtures__/folder.js'
import { readBounded } from './read-bounded.js'
import { walkFolder } from './walk-folder.js'

const walk = async (root: string) => {
  const found: string[] = []
  for await (const entry of walkFolder(root, signal))
    found.push('reason' in entry ? `${entry.path}: ${entry.reason.code}` : entry.path)
  return found
}

describe('walkFolder', () => {
  let folder: TestFolder
  beforeEach(async () => {
    folder = await createTestFolder({
      'b/two.md': '2',
      'a.md': '1',
      'b/c/three.md': '3',
      '.git/config': 'x',
      '.hidden.md': 'x',
    })
  })
  afterEach(() => folder.dispose())

  const hidden = ['.git: rag.file-hidden', '.hidden.md: rag.file-hidden']

  it('finds files in order, names hidden ones and leaves them out', async () => {
    expect(await walk(folder.root)).toEqual([...hidden, 'a.md', 'b/two.md', 'b/c/three.md'])
  })

  it('follows links inside the folder once, and none that lead out or nowhere', async () => {
    await symlink('..', join(folder.root, 'b', 'loop'))
    await symlink('b/two.md', join(folder.root, 'inside.md'))
    await symlink('/etc/hostname', join(folder.root, 'outside.md'))
    await symlink('/etc', join(folder.root, 'outside'))
    await symlink('nowhere', join(folder.root, 'dangling.md'))
    expect((await walk(folder.root)).sort()).toEqual([
      ...hidden,
      'a.md',
      'b/c/three.md',
      'b/loop: rag.folder-visited',
      'b/two.md',
      'dangling.md: rag.file-unreadable',
      'inside.md',
      'outside.md: rag.file-outside-folder',
      'outside: rag.file-outside-folder',
    ])
  })

  it('names what is no regular file, and reads none of it', async () => {
    execFileSync('mkfifo', [join(folder.root, 'pipe.md')])
    expect(await walk(folder.root)).toContain('pipe.md: rag.file-special')
  })

  it('refuses a folder that is not there', async () => {
    await expect(walk(join(folder.root, 'missing'))).rejects.toMatchObject({ code: 'rag.folder-unreadable' })
  })
})

describe('readBounded', () => {
  let folder: TestFolder
  beforeEach(async () => {
    folder = await createTestFolder({ 'a.md': '12345' })
  })
  afterEach(() => folder.dispose())

  it('reads up to the limit and refuses more', async () => {
    expect(Buffer.from(await readBounded(join(folder.root, 'a.md'), 5)).toString()).toBe('12345')
    await expect(readBounded(join(folder.root, 'a.md'), 4)).rejects.toMatchObject({
      code: 'rag.file-too-large',
    })
  })

  it('refuses a link and a named pipe that took the place of the file', async () => {
    await symlink('a.md', join(folder.root, 'link.md'))
    execFileSync('mkfifo', [join(folder.root, 'pipe.md')])
    for (const name of ['link.md', 'pipe.md'])
      await expect(readBounded(join(folder.root, name), 5)).rejects.toMatchObject({
        code: 'rag.file-unreadable',
      })
  })
})
