// The predictions file: written before a load starts and read after it, so that a prediction cannot follow the
// measurement. Knows not how anything is predicted.

import { readFile, stat, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { verifyError } from './messages.js'

const prediction = z.object({
  /** Id of the scorecard's row. */
  id: z.string(),
  value: z.number(),
  unit: z.string(),
  low: z.number().nullable(),
  high: z.number().nullable(),
})
const file = z.object({ version: z.literal(1), predictions: z.array(prediction) })

export type PredictedFigure = z.infer<typeof prediction>

export const writePredictions = (path: string, predictions: readonly PredictedFigure[]): Promise<void> =>
  writeFile(path, `${JSON.stringify({ version: 1, predictions }, null, 2)}\n`)

export interface ReadPredictions {
  readonly path: string
  /** Wall-clock ms since 1970 at which the load started. */
  readonly loadStartedAtMs: number
}

/** @throws `verify.predictions-late` when the file is younger than the load | `verify.predictions-invalid` */
export const readPredictions = async ({
  path,
  loadStartedAtMs,
}: ReadPredictions): Promise<readonly PredictedFigure[]> => {
  let text: string
  try {
    if ((await stat(path)).mtimeMs > loadStartedAtMs) throw verifyError('verify.predictions-late', { path })
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (!(error instanceof Error && 'errno' in error)) throw error
    throw verifyError('verify.predictions-invalid', { path, detail: error.message }, { cause: error })
  }
  return parsePredictions(text, path)
}

const parsePredictions = (text: string, path: string) => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw verifyError('verify.predictions-invalid', { path, detail: String(error) }, { cause: error })
  }
  const parsed = file.safeParse(value)
  if (parsed.success) return parsed.data.predictions
  throw verifyError('verify.predictions-invalid', { path, detail: z.prettifyError(parsed.error) })
}
