// Floor 2: a durable job queue on the store. Knows no kind of job.

export type { Job, JobHandler, JobState, RunningJob } from './job.js'
export { createJobQueue, type JobQueue, type JobQueueOptions } from './job-queue.js'
export { jobMessages } from './messages.js'
export { jobMigrations } from './migrations.js'
export type { Worker } from './worker.js'
