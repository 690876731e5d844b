// The queue's one table.

import type { Migration } from '../store/index.js'

export const jobMigrations: readonly Migration[] = [
  {
    name: 'm001_job',
    sql: [
      `create table jobs_job (
        id text primary key,
        kind text not null,
        dedupe_key text,
        payload jsonb not null,
        state text not null default 'queued'
          check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
        attempts integer not null default 0,
        max_attempts integer not null,
        run_at timestamptz not null default now(),
        lease_token text,
        lease_until timestamptz,
        progress jsonb,
        result jsonb,
        error jsonb,
        created_at timestamptz not null default now(),
        finished_at timestamptz
      )`,
      `create unique index jobs_job_dedupe on jobs_job (kind, dedupe_key)
        where state in ('queued', 'running')`,
      `create index jobs_job_due on jobs_job (kind, run_at) where state in ('queued', 'running')`,
      'create index jobs_job_created on jobs_job (created_at)',
    ],
  },
]
