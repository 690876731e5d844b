// The tables of the ledger. Append-only: a released migration is never edited.

import type { Migration } from '../store/index.js'

export const ledgerMigrations: readonly Migration[] = [
  {
    name: 'm001_attempts',
    sql: [
      `create table ledger_attempt (
        request_id text not null,
        attempt integer not null,
        tenant text not null,
        key_id text not null,
        route text not null,
        deployment text not null,
        architecture_hash text not null,
        started_at timestamptz not null,
        first_content_ms double precision,
        total_ms double precision,
        input_tokens bigint not null,
        input_cache_read_tokens bigint not null,
        input_cache_write_tokens bigint not null,
        output_tokens bigint not null,
        output_reasoning_tokens bigint not null,
        usage_source text not null,
        ended text not null,
        error_code text,
        price_version text,
        cost_nano_usd bigint,
        primary key (request_id, attempt)
      )`,
      // In the order of the read side's pages, so that a page is one range of an index.
      'create index ledger_attempt_by_time on ledger_attempt (started_at, request_id, attempt)',
      'create index ledger_attempt_by_tenant on ledger_attempt (tenant, started_at, request_id, attempt)',
    ],
  },
]
