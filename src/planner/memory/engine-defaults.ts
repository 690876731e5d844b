// What an engine does when it is told nothing: share of the memory, tokens and sequences of a step, by release.

import type { EngineName } from '../../catalog/index.js'
import type { Card } from './engine-card.js'
import { type EngineVersion, engineVersion, llamaBuild } from './engine-version.js'

/** The release or build that is meant when none is named: that of the catalogue's flag list, or the latest read about. */
export const assumedVersions: Readonly<Record<EngineName, string>> = {
  vllm: '0.28.0',
  sglang: '0.5.10',
  trtllm: '1.0.0',
  tgi: '3.3.0',
  'llama.cpp': 'b9900',
}

/** What is written as a number to compare; the assumed release where nothing is, or no release. */
export const releaseOf = (engine: EngineName, written: string | undefined): EngineVersion => {
  const read = engine === 'llama.cpp' ? llamaBuild : engineVersion
  const assumed = assumedVersions[engine]
  return read(written ?? assumed) ?? read(assumed) ?? 0
}

export interface EngineSettings {
  /** Share of the card that the engine plans with; of TensorRT-LLM: of what weights and buffers leave. */
  readonly utilisation: number
  /** Prompt tokens of one step, and of the run that measures the memory. */
  readonly maxBatchedTokens: number
  readonly maxSequences: number
  readonly chunkedPrefill: boolean
}

export interface AskedSettings {
  readonly utilisation?: number | undefined
  readonly maxBatchedTokens?: number | undefined
  readonly maxSequences?: number | undefined
  readonly chunkedPrefill?: boolean | undefined
  readonly maxModelLen: number
  readonly accelerators: number
}

/** vLLM's V0 engine: before 0.8, and until 0.9 on chips older than Ampere or when the release says so (`0.8.5 V0`). */
export const isV0 = (version: EngineVersion, written: string, card: Card): boolean =>
  version < 8 || /\bv0\b/i.test(written.replace(/^v?\d[\w.]*/i, '')) || (version < 10 && card.isPreAmpere)

/** Defaults of an engine's release for a card, under what was asked for. */
export const settingsOf = (
  engine: EngineName,
  written: string,
  card: Card,
  asked: AskedSettings,
): EngineSettings => {
  const version = releaseOf(engine, written)
  const base = defaultsOf(engine, version, isV0(version, written, card), card, asked)
  const sequences = asked.maxSequences ?? base.maxSequences
  // From 0.12 on no more than requests could bring (`EngineArgs`; vllm-project/vllm pull request 28665).
  const most = engine === 'vllm' && version >= 12 ? sequences * asked.maxModelLen : Number.POSITIVE_INFINITY
  const maxBatchedTokens = asked.maxBatchedTokens ?? Math.min(base.maxBatchedTokens, most)
  return {
    utilisation: asked.utilisation ?? base.utilisation,
    maxBatchedTokens,
    maxSequences:
      asked.maxSequences ??
      Math.min(base.maxSequences, engine === 'vllm' ? maxBatchedTokens : Number.POSITIVE_INFINITY),
    chunkedPrefill: base.chunkedPrefill,
  }
}

const defaultsOf = (
  engine: EngineName,
  version: EngineVersion,
  v0: boolean,
  card: Card,
  asked: AskedSettings,
): EngineSettings => {
  switch (engine) {
    case 'vllm':
      return v0 ? vllmV0(version, card, asked) : vllmV1(version, card)
    case 'sglang':
      return sglang(version, card, asked)
    case 'trtllm':
      return { utilisation: 0.9, maxBatchedTokens: 8192, maxSequences: 2048, chunkedPrefill: false }
    case 'tgi':
      return { utilisation: 0.95, maxBatchedTokens: 4096, maxSequences: 128, chunkedPrefill: version >= 3000 }
    case 'llama.cpp':
      return {
        utilisation: 1,
        maxBatchedTokens: 512,
        maxSequences: version >= firstSharedBuild ? 4 : 1,
        chunkedPrefill: true,
      }
  }
}

/** llama-server has four slots over one cache since pull request 16736 (2025-10); b7079 starts them (issue 17300). */
const firstSharedBuild = 7000

/** Above this length V0 chunks prompts by itself, except on models it cannot (vLLM `EngineArgs`, 0.6 to 0.7). */
export const v0ChunksAbove = 32_768

const vllmV0 = (
  version: EngineVersion,
  card: Card,
  { maxModelLen, chunkedPrefill }: AskedSettings,
): EngineSettings => {
  // Two V100 measured whole prompts of 40,000 tokens (2.53 GiB; vLLM issue 11251, 2024-12-20).
  const chunked = chunkedPrefill ?? (maxModelLen > v0ChunksAbove && !card.isPreAmpere)
  // 512 tokens until 0.6.3, 2,048 from 0.6.4; without chunks a whole prompt must fit in a step.
  const inChunks = version < 6.004 ? 512 : 2048
  return {
    utilisation: 0.9,
    maxBatchedTokens: chunked ? inChunks : Math.max(maxModelLen, 2048),
    maxSequences: 256,
    chunkedPrefill: chunked,
  }
}

/**
 * `vllm serve`: 8,192 tokens and 1,024 sequences on 70 GiB and more except A100 (PR 17885), else 2,048 and 256; in
 * 0.8 by name (H100, H200), and 1,024 sequences everywhere before PR 16158 (0.8.4). 16,384 tokens from 160 GiB on
 * (issue 54703, 2026-09), and 4,096 on small cards in 0.29 (111,520 tokens of Gemma 4 E2B a GiB on a T4, a public log,
 * 2026-09). Utilisation 0.9 until 0.20, then 0.92.
 */
const vllmV1 = (version: EngineVersion, card: Card): EngineSettings => {
  const isLarge =
    version < 9 ? /h100|h200/.test(card.name) : card.memoryGiB >= 70 && !card.name.startsWith('a100')
  const isHuge = version >= 28 && card.memoryGiB >= 160
  return {
    utilisation: version < 21 ? 0.9 : 0.92,
    maxBatchedTokens: isHuge ? 16_384 : isLarge ? 8192 : version >= 29 ? 4096 : 2048,
    maxSequences: isLarge || version < 8.004 ? 1024 : 256,
    chunkedPrefill: true,
  }
}

/**
 * SGLang `ServerArgs`. Until 0.4.8: a static share by tensor parallelism. After: what is left of the card beside
 * 0.5 GiB, 1.5 MiB a token of a prefill chunk, 2 MiB a sequence of the largest graph and 128 MiB an accelerator, and
 * at least 10 GiB on cards above 60 GiB.
 */
const sglang = (version: EngineVersion, card: Card, { accelerators }: AskedSettings): EngineSettings => {
  const mib = card.memoryGiB * 1024
  const chunk = mib < 35 * 1024 ? 2048 : mib < 60 * 1024 ? 4096 : mib < 160 * 1024 ? 8192 : 16_384
  const settings = { maxBatchedTokens: chunk, maxSequences: 2048, chunkedPrefill: true }
  if (version < 4.008) {
    const steps = [
      [16, 0.79],
      [8, 0.81],
      [4, 0.85],
      [2, 0.87],
    ] as const
    return { utilisation: steps.find(([least]) => accelerators >= least)?.[1] ?? 0.88, ...settings }
  }
  const isWide = accelerators >= 4
  const graph =
    mib < 20 * 1024
      ? 8
      : mib < 35 * 1024
        ? isWide
          ? 80
          : 24
        : mib < 60 * 1024
          ? isWide
            ? 160
            : 32
          : isWide
            ? 512
            : 256
  const reserved = 512 + chunk * 1.5 + graph * 2 + (accelerators / 8) * 1024
  const least = mib > 60 * 1024 ? 10 * 1024 : 0
  return { utilisation: Math.round((1 - Math.max(reserved, least) / mib) * 1000) / 1000, ...settings }
}
