// The tables of virtual keys. Append-only: a released migration is never edited.

import type { Migration } from '../store/index.js'

export const accessMigrations: readonly Migration[] = [
  {
    name: 'm001_keys',
    sql: [
      `create table access_key (
        id text primary key,
        name text not null,
        tenant text not null,
        groups text[] not null,
        routes text[],
        requests_per_minute bigint,
        tokens_per_minute bigint,
        monthly_budget_usd double precision,
        created_at timestamptz not null,
        expires_at timestamptz,
        revoked_at timestamptz
      )`,
      'create unique index access_key_name on access_key (tenant, name) where revoked_at is null',
      // A key has several secrets while it is being rotated.
      `create table access_secret (
        hash text primary key,
        key_id text not null references access_key (id),
        expires_at timestamptz
      )`,
      'create index access_secret_key on access_secret (key_id)',
    ],
  },
]
