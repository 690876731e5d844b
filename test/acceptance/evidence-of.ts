// Where and on what a measurement was made: the head of every evidence file.

import { execFileSync } from 'node:child_process'
import { cpus, totalmem } from 'node:os'
import { type Evidence, writeEvidence } from '../../src/verify/index.js'

/** Writes evidence/AREA.json. @param figures what was measured, in the order of the table */
export const keepEvidence = (
  area: string,
  figures: Evidence['figures'],
  seed: Evidence['seed'] = null,
): Promise<void> =>
  writeEvidence(`evidence/${area}.json`, {
    version: 1,
    area,
    commit: execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim(),
    machine: `${cpus()[0]?.model.trim()}, ${cpus().length} cores, ${Math.round(totalmem() / 1024 ** 3)} GiB, ${process.platform} ${process.arch}, Node ${process.versions.node}`,
    command: `npm run acceptance -- ${area}`,
    seed,
    date: new Date().toISOString(),
    figures,
  })

/** A figure that was observed once and has no interval. */
export const figure = (name: string, value: number, unit: string, n = 1): Evidence['figures'][number] => ({
  name,
  value,
  unit,
  low: null,
  high: null,
  n,
})
