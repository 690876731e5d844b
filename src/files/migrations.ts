// The tables of files. Append-only: a released migration is never edited. A file is there from the moment its row in
// files_file is; its pieces come before.

import type { Migration } from '../store/index.js'

export const fileMigrations: readonly Migration[] = [
  {
    name: 'm001_files',
    sql: [
      `create table files_file (
        tenant text not null,
        id text not null,
        filename text not null,
        purpose text not null,
        bytes bigint not null,
        created_at timestamptz not null,
        expires_at timestamptz,
        primary key (tenant, id)
      )`,
      'create index files_file_created on files_file (tenant, created_at, id)',
      `create table files_piece (
        tenant text not null,
        file_id text not null,
        number integer not null,
        content bytea not null,
        created_at timestamptz not null,
        primary key (tenant, file_id, number)
      )`,
    ],
  },
  {
    name: 'm002_uploads',
    sql: [
      `create table files_upload (
        tenant text not null,
        id text not null,
        filename text not null,
        purpose text not null,
        bytes bigint not null,
        file_id text not null,
        expires_after_ms bigint,
        status text not null,
        created_at timestamptz not null,
        expires_at timestamptz not null,
        primary key (tenant, id)
      )`,
      `create table files_part (
        tenant text not null,
        upload_id text not null,
        id text not null,
        bytes bigint not null,
        created_at timestamptz not null,
        primary key (tenant, upload_id, id)
      )`,
    ],
  },
]
