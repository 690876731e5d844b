// The tables of batches. Append-only: a released migration is never edited. JSON of clients and models is kept as
// text, since jsonb refuses U+0000 and lone surrogates.

import type { Migration } from '../store/index.js'

export const batchMigrations: readonly Migration[] = [
  {
    name: 'm001_batches',
    sql: [
      `create table batches_batch (
        id text primary key,
        tenant text not null,
        key_id text not null,
        dialect text not null,
        endpoint text not null,
        input_file_id text,
        metadata text,
        output_expires_after_ms bigint,
        status text not null,
        ending text,
        total integer not null default 0,
        succeeded integer not null default 0,
        failed integer not null default 0,
        cancelled integer not null default 0,
        expired integer not null default 0,
        problems text not null default '[]',
        has_output boolean not null default false,
        has_errors boolean not null default false,
        created_at timestamptz not null,
        expires_at timestamptz not null,
        reached_ms jsonb not null
      )`,
      'create index batches_batch_created on batches_batch (tenant, dialect, created_at, id)',
      `create table batches_line (
        batch_id text not null references batches_batch (id) on delete cascade,
        number integer not null,
        custom_id text not null,
        request text not null,
        starts integer not null default 0,
        outcome text,
        status integer,
        request_id text,
        answer text,
        primary key (batch_id, number)
      )`,
      'create index batches_line_open on batches_line (batch_id, number) where outcome is null',
    ],
  },
]
