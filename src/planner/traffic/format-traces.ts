// Published traces: Azure (CSV: TIMESTAMP, ContextTokens, GeneratedTokens) and Mooncake (JSON lines: ms since the
// start, lengths, and hashes of 512-token blocks that each cover all blocks before them).

import { contentHash } from '../../core/index.js'
import { amountOf, timeOf, tokensOf } from './read-field.js'
import { emptyArrival, type TrafficFormat } from './traffic-row.js'

export const azureTrace: TrafficFormat = {
  name: 'azure-trace',
  recognises: (row) => ['TIMESTAMP', 'ContextTokens', 'GeneratedTokens'].every((name) => name in row),
  read: (row) => {
    const atMs = timeOf(row, ['TIMESTAMP'])
    const inputTokens = tokensOf(row, ['ContextTokens'])
    const outputTokens = tokensOf(row, ['GeneratedTokens'])
    if (atMs === null || inputTokens === null || outputTokens === null) return null
    return [{ ...emptyArrival, atMs, inputTokens, outputTokens }]
  },
}

export const mooncakeTrace: TrafficFormat = {
  name: 'mooncake-trace',
  blockTokens: 512,
  relativeUnit: 'ms',
  recognises: (row) => ['timestamp', 'input_length', 'output_length'].every((name) => name in row),
  read: (row) => {
    const atMs = amountOf(row, ['timestamp'])
    const inputTokens = tokensOf(row, ['input_length'])
    const outputTokens = tokensOf(row, ['output_length'])
    if (atMs === null || inputTokens === null || outputTokens === null) return null
    const blocks = blocksOf(row.hash_ids)
    const sameAs = blocks ? contentHash(`${inputTokens}:${blocks.join(',')}`) : null
    return [{ ...emptyArrival, atMs, inputTokens, outputTokens, blocks, sameAs }]
  },
}

const blocksOf = (value: unknown): readonly (number | string)[] | null =>
  Array.isArray(value) && value.every((id) => typeof id === 'number' || typeof id === 'string') ? value : null
