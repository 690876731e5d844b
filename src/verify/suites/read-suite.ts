// Reads suites: JSON lines, checked row by row. Fields a suite has beyond these are left alone. Scores nothing.

import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { type SuiteField, verifyError } from '../messages.js'

export const retrievalRow = z.object({
  id: z.string(),
  question: z.string(),
  /** Each answers the question alone. `quote` occurs once in the visible text of the file at `path`. */
  expected: z.array(z.object({ path: z.string(), quote: z.string() })).min(1),
})

export const answerRow = z.object({
  id: z.string(),
  question: z.string(),
  match: z.enum(['exact', 'contains', 'numeric', 'json']),
  accepted: z.array(z.unknown()).min(1),
})

export const unanswerableRow = z.object({ id: z.string(), question: z.string() })

export const promptRow = z.object({
  id: z.string(),
  text: z.string(),
  /** 1 for an attack, 0 for what only looks like one. */
  label: z.union([z.literal(0), z.literal(1)]),
  category: z.string().default(''),
  /** An answer that only says "not in the documents" counts as caught: nothing was disclosed. */
  refusalCounts: z.boolean().default(false),
})

export const taskRow = z.object({ id: z.string(), text: z.string(), label: z.string() })

/** A question of a load: any row with a text or a question. */
export const questionRow = z.union([
  z.object({ text: z.string() }),
  z.object({ question: z.string() }).transform(({ question }) => ({ text: question })),
])

/** A suite of texts: the same with an id. */
export const textRow = z.union([
  z.object({ id: z.string(), text: z.string() }),
  z
    .object({ id: z.string(), question: z.string() })
    .transform(({ id, question }) => ({ id, text: question })),
])

export type TaskRow = z.infer<typeof taskRow>
export type TextRow = z.infer<typeof textRow>
export type RetrievalRow = z.infer<typeof retrievalRow>
export type AnswerRow = z.infer<typeof answerRow>
export type UnanswerableRow = z.infer<typeof unanswerableRow>
export type PromptRow = z.infer<typeof promptRow>

/**
 * @param field that names the suite
 * @throws `verify.suite-missing` | `verify.suite-invalid`
 */
export const readSuite = async <S extends z.ZodType>(
  path: string,
  row: S,
  field: SuiteField = 'suite',
): Promise<z.output<S>[]> => {
  const lines = (await readText(path, field)).split('\n')
  return lines.flatMap((line, i) =>
    line.trim() === '' ? [] : [parseRow({ path, line, number: i + 1 }, row)],
  )
}

const readText = async (path: string, field: SuiteField) => {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw verifyError('verify.suite-missing', { path, field }, { cause })
  }
}

interface Line {
  readonly path: string
  readonly line: string
  readonly number: number
}

const parseRow = <S extends z.ZodType>({ path, line, number }: Line, row: S): z.output<S> => {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (error) {
    throw verifyError('verify.suite-invalid', { path, line: number, detail: String(error) }, { cause: error })
  }
  const parsed = row.safeParse(value)
  if (parsed.success) return parsed.data
  throw verifyError('verify.suite-invalid', { path, line: number, detail: z.prettifyError(parsed.error) })
}
