// Brings every knowledge base of a system in line with its folder, through the durable queue, showing progress.

import { reviveError } from '../core/index.js'
import type { Job } from '../jobs/index.js'
import type { IngestProgress, IngestReport } from '../rag/index.js'
import type { ServingSystem } from './serve-system.js'
import type { Terminal } from './terminal.js'

interface IngestOptions {
  readonly terminal: Terminal
  readonly signal: AbortSignal
  /** Only this knowledge base. */
  readonly only?: string | undefined
}

/** @returns one report per knowledge base @throws what made a job fail */
export const ingestAll = async (system: ServingSystem, options: IngestOptions): Promise<IngestReport[]> => {
  const { terminal, signal, only } = options
  const reports: IngestReport[] = []
  for (const { id } of system.current().architecture.knowledge) {
    if (only !== undefined && id !== only) continue
    const jobId = await system.current().enqueueIngest(id)
    const job = await system.resources.jobs.wait(jobId, signal, (progress) => {
      const { files, path } = progress as IngestProgress
      terminal.progress(`${id} ${path}`, files, 0)
    })
    terminal.progressEnd()
    reports.push(reportOf(job, id))
  }
  return reports
}

/** The report of a finished job. @throws what made it fail */
export const reportOf = (job: Pick<Job, 'state' | 'result' | 'error'>, knowledge: string): IngestReport => {
  if (job.state === 'done') return job.result as IngestReport
  const { code = 'core.unexpected', message = `${knowledge}: ${job.state}`, params = {} } = job.error ?? {}
  throw reviveError({ code, message, params, retryable: false })
}
