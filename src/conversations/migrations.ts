// The tables of responses and conversations. Append-only: a released migration is never edited. JSON is kept as text,
// since jsonb refuses U+0000 and lone surrogates, which a model may well write.

import type { Migration } from '../store/index.js'

export const conversationMigrations: readonly Migration[] = [
  {
    name: 'm001_responses',
    sql: [
      `create table conversations_response (
        tenant text not null,
        key_id text not null,
        id text not null,
        previous_id text,
        conversation_id text,
        input text not null,
        response text not null,
        created_at timestamptz not null,
        primary key (tenant, key_id, id)
      )`,
      'create index conversations_response_created on conversations_response (created_at)',
      `create table conversations_conversation (
        tenant text not null,
        key_id text not null,
        id text not null,
        metadata text not null,
        created_at timestamptz not null,
        primary key (tenant, key_id, id)
      )`,
      `create table conversations_item (
        position bigint generated always as identity primary key,
        tenant text not null,
        key_id text not null,
        conversation_id text not null,
        id text not null,
        item text not null,
        foreign key (tenant, key_id, conversation_id)
          references conversations_conversation (tenant, key_id, id) on delete cascade
      )`,
      `create index conversations_item_order
        on conversations_item (tenant, key_id, conversation_id, position)`,
    ],
  },
  {
    name: 'm002_running_responses',
    sql: [
      `alter table conversations_response
        add column lease_until timestamptz,
        add column if_abandoned text,
        add column events text`,
      `create index conversations_response_lease on conversations_response (lease_until)
        where lease_until is not null`,
    ],
  },
  {
    // Of the output; a reference finds its item by them.
    name: 'm003_response_items',
    sql: [
      'alter table conversations_response add column item_ids text[]',
      'create index conversations_response_items on conversations_response using gin (item_ids)',
    ],
  },
]
