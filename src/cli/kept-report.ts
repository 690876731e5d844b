// The report that the last `design` left in the state directory.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readTextFile } from './read-text-file.js'
import { designReportFile, type KeptReport } from './write-design.js'

/** Undefined where there is none; `broken` where it cannot be read, or is of another version and says less. */
export const readKeptReport = (stateDirectory: string): KeptReport | 'broken' | undefined => {
  const file = join(stateDirectory, designReportFile)
  if (!existsSync(file)) return undefined
  try {
    const kept: unknown = JSON.parse(readTextFile(file))
    return isWhole(kept) ? kept : 'broken'
  } catch {
    return 'broken'
  }
}

const isWhole = (kept: unknown): kept is KeptReport => {
  if (typeof kept !== 'object' || kept === null) return false
  const { candidates, reasons, front, launches, arithmetic } = kept as Partial<KeptReport>
  return [candidates, reasons, front, launches, arithmetic].every(Array.isArray)
}
