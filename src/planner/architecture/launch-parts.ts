// What the commands of several engines share: how the model, the context and the spread are written and reasoned.

import type { Message } from '../../core/index.js'
import { launchMessage } from './launch-messages.js'
import { flagSetting, type LaunchFacts, type SettingDraft, type Spread } from './launch-setting.js'

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

export const sequencesReason = ({ candidate, budget }: LaunchFacts): Message =>
  launchMessage('planner.launch-sequences', {
    sequences: Math.min(budget.maxSequences, candidate.memory?.maxSequences ?? budget.maxSequences),
    poolGiB: candidate.memory?.kvPoolGiB ?? 0,
    isEnginesLimit: (candidate.memory?.maxSequences ?? budget.maxSequences) >= budget.maxSequences,
  })

/** Weights that the engine quantizes itself; a quantized checkpoint says what it is. */
export const onLoadQuantization = (flag: string, { candidate }: LaunchFacts): readonly SettingDraft[] => {
  const precision = candidate.precision ?? 'fp8'
  return candidate.build === 'on-load'
    ? [flagSetting(flag, precision, launchMessage('planner.launch-quantize', { precision }))]
    : []
}

/** A flag for each way in which the replica is spread over more than one accelerator. */
export const parallelSettings = (
  { layout }: LaunchFacts,
  flags: Partial<Readonly<Record<keyof Spread, string>>>,
): readonly SettingDraft[] =>
  (Object.entries(flags) as [keyof Spread, string][]).flatMap(([kind, flag]) => {
    const count = layout[kind] ?? 1
    return count > 1
      ? [flagSetting(flag, count, launchMessage('planner.launch-parallel', { kind, count }))]
      : []
  })
