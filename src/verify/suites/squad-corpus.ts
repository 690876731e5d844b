// A SQuAD file as a retrieval test: every paragraph one document, every question asked of one paragraph.

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { verifyError } from '../messages.js'

const squad = z.object({
  data: z.array(
    z.object({
      paragraphs: z.array(
        z.object({
          context: z.string(),
          qas: z.array(
            z.object({ id: z.union([z.string(), z.number()]).transform(String), question: z.string() }),
          ),
        }),
      ),
    }),
  ),
})

export interface SquadQuestion {
  readonly id: string
  readonly question: string
  /** The document of its paragraph. */
  readonly path: string
}

export interface SquadCorpus {
  readonly documents: number
  readonly questions: readonly SquadQuestion[]
}

/** The matching files of a folder, in order; none when the folder is missing. */
export const findDataFiles = async (directory: string, files: RegExp): Promise<string[]> => {
  try {
    const names = await readdir(directory)
    return names
      .filter((name) => files.test(name))
      .sort()
      .map((name) => join(directory, name))
  } catch {
    // What cannot be listed is not here: the row says that its data is missing.
    return []
  }
}

/** Writes one text file per paragraph into `target`. @throws `verify.dataset-unknown` | `verify.squad-invalid` */
export const writeSquadCorpus = async (files: readonly string[], target: string): Promise<SquadCorpus> => {
  await mkdir(target, { recursive: true })
  const questions: SquadQuestion[] = []
  let documents = 0
  for (const file of files) {
    const { data } = await readSquad(file)
    for (const { context, qas } of data.flatMap(({ paragraphs }) => paragraphs)) {
      documents += 1
      const path = `p${String(documents).padStart(5, '0')}.md`
      await writeFile(join(target, path), `${asMarkdown(context)}\n`)
      questions.push(...qas.map(({ id, question }) => ({ id, question, path })))
    }
  }
  return { documents, questions }
}

/** @throws `verify.dataset-unknown` | `verify.squad-invalid` */
export const readSquad = async (path: string): Promise<z.infer<typeof squad>> => {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw verifyError('verify.dataset-unknown', { path }, { cause })
  })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw verifyError('verify.squad-invalid', { path, place: null }, { cause })
  }
  const parsed = squad.safeParse(value)
  if (parsed.success) return parsed.data
  throw verifyError('verify.squad-invalid', { path, place: placeOf(parsed.error.issues[0]?.path ?? []) })
}

/** `data[0].paragraphs[2].context`, or the top. */
const placeOf = (path: readonly PropertyKey[]): string =>
  path.length === 0
    ? '$'
    : path
        .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
        .join('')
        .slice(1)

/** A paragraph that starts like a heading, a list or a quote must stay a paragraph. */
export const asMarkdown = (context: string) =>
  context.replace(/\s*\n\s*/g, ' ').replace(/^([#>*+-]|\d+\.)/, '\\$1')
