// What the commands of several engines share: how the model, the context and the spread are written and reasoned.

import type { Message } from '../../core/index.js'
import { launchMessage, type ParallelKind } from './launch-messages.js'
import { flagSetting, type LaunchFacts, type SettingDraft } from './launch-setting.js'

export const modelReason = ({ candidate }: LaunchFacts): Message =>
  launchMessage('planner.launch-model', {
    precision: candidate.precision ?? '',
    build: candidate.build ?? 'published',
  })

export const contextSetting = (flag: string, facts: LaunchFacts): SettingDraft =>
  flagSetting(flag, facts.contextTokens, contextReason(facts))

export const contextReason = ({ contextTokens, longestTokens, model }: LaunchFacts): Message =>
  launchMessage('planner.launch-context', {
    tokens: contextTokens,
    longest: longestTokens,
    isModelsLimit: contextTokens === model.maxContext,
  })

export const sequencesReason = ({ memory: { settings, kvPoolGiB } }: LaunchFacts): Message =>
  launchMessage('planner.launch-sequences', {
    sequences: settings.maxSequences,
    poolGiB: kvPoolGiB,
    isEnginesLimit: settings.maxSequences >= settings.sequencesLimit,
  })

/** @param share as the flag counts it */
export const memoryShareSetting = (flag: string, share: number, { memory }: LaunchFacts): SettingDraft =>
  flagSetting(
    flag,
    share,
    launchMessage('planner.launch-memory-share', {
      share,
      totalGiB: memory.totalGiB,
      weightsGiB: memory.weightsGiB,
      poolGiB: memory.kvPoolGiB,
    }),
  )

export const batchedTokensSetting = (flag: string, tokens: number): SettingDraft =>
  flagSetting(flag, tokens, launchMessage('planner.launch-batched-tokens', { tokens }))

/** @param narrow what the engine calls an fp8 cache */
export const kvDtypeSetting = (flag: string, { candidate }: LaunchFacts, narrow: string): SettingDraft =>
  candidate.kvDtype === 'fp8'
    ? flagSetting(flag, narrow, launchMessage('planner.launch-kv-fp8', {}))
    : flagSetting(flag, 'auto', launchMessage('planner.launch-kv-model', {}))

/** Weights that the engine quantizes itself; a quantized checkpoint says what it is. */
export const onLoadQuantization = (flag: string, { candidate }: LaunchFacts): readonly SettingDraft[] => {
  const precision = candidate.precision ?? 'fp8'
  return candidate.build === 'on-load'
    ? [flagSetting(flag, precision, launchMessage('planner.launch-quantize', { precision }))]
    : []
}

/** How many accelerators each way of spreading takes; 1 where it is not used. */
export const spreadOf = ({ layout }: LaunchFacts): Readonly<Record<ParallelKind, number>> => ({
  tensorParallel: layout.tensorParallel,
  pipelineParallel: layout.pipelineParallel,
  dataParallel: layout.dataParallel ?? 1,
  expertParallel: layout.expertParallel ? layout.tensorParallel * (layout.dataParallel ?? 1) : 1,
  decodeContextParallel: layout.decodeContextParallel ?? 1,
})

/** A flag for each way in which the replica is spread over more than one accelerator. */
export const parallelSettings = (
  facts: LaunchFacts,
  flags: Partial<Readonly<Record<ParallelKind, string>>>,
): readonly SettingDraft[] =>
  (Object.entries(flags) as [ParallelKind, string][]).flatMap(([kind, flag]) => {
    const count = spreadOf(facts)[kind]
    return count > 1
      ? [flagSetting(flag, count, launchMessage('planner.launch-parallel', { kind, count }))]
      : []
  })
