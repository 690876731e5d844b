// A note on disk of the program that runs, written before it starts, so that whoever comes next can end what a killed
// guard left behind. Knows no engine.

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Clock } from '../core/index.js'
import { carriesMark, endFamily } from './process-family.js'

/** Notes the mark of the program that is about to start. */
export const recordProgram = async (file: string, mark: string): Promise<void> => {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, JSON.stringify({ mark }), { mode: 0o600 })
}

/** Ends what an earlier run left behind. Found by its mark alone: process ids are used again, marks are not. */
export const endLeftOver = async (
  file: string,
  { clock, graceMs }: { readonly clock: Clock; readonly graceMs: number },
): Promise<void> => {
  const mark = await readMark(file)
  if (mark === undefined) return
  await endFamily({ leader: undefined, mark }, { clock, graceMs })
  await rm(file, { force: true })
}

/** Whether the process is the noted program, or one that it started. */
export const isOfRecord = async (file: string, pid: number): Promise<boolean> => {
  const mark = await readMark(file)
  return mark !== undefined && carriesMark(pid, mark)
}

const readMark = async (file: string): Promise<string | undefined> => {
  try {
    const { mark } = JSON.parse(await readFile(file, 'utf8')) as { mark?: unknown }
    return typeof mark === 'string' && mark.length >= 16 ? mark : undefined
  } catch {
    // No note, or one cut short by a kill: it is written before the program starts, so nothing was left behind.
    return undefined
  }
}
