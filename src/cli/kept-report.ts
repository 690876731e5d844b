// The report that the last `design` left in the state directory.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readTextFile } from './read-text-file.js'
import { designReportFile, type KeptReport } from './write-design.js'

/** Undefined where there is none, or one of another version, which says less than is asked of it. */
export const readKeptReport = (stateDirectory: string): KeptReport | undefined => {
  const file = join(stateDirectory, designReportFile)
  if (!existsSync(file)) return undefined
  try {
    const kept = JSON.parse(readTextFile(file)) as Partial<KeptReport>
    return isWhole(kept) ? kept : undefined
  } catch {
    // Not whole: as good as none.
    return undefined
  }
}

const isWhole = (kept: Partial<KeptReport>): kept is KeptReport =>
  [kept.candidates, kept.reasons, kept.front, kept.launches, kept.arithmetic].every(Array.isArray)
