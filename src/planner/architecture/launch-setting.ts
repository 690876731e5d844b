// One setting of a launch command with the reason for it, and how an engine's builder writes it down.

import type { Accelerator, EngineName, FlagProblem, Model } from '../../catalog/index.js'
import type { Message } from '../../core/index.js'
import type { Layout, MemoryPlan } from '../memory/memory.js'
import type { Candidate } from '../search/report.js'
import type { PoolRole } from './launch-messages.js'

/** Whether a list of flags knows the setting. */
export interface FlagValidation {
  /** `vllm 0.28.0`: the engine and the version whose list it is. */
  readonly against: string
  /** `snapshot` = the catalogue's list of that version, `installed` = what the engine on this machine lists. */
  readonly list: 'snapshot' | 'installed'
  /** Null = the list has it. `not-listed` = there is no list that the word could stand in. */
  readonly problem: FlagProblem['kind'] | 'too-old' | 'not-listed' | null
}

export interface LaunchSetting {
  /** As the engine spells it, a field of Triton's backend by its name; null = a word without a flag, as the model. */
  readonly flag: string | null
  /** Null for a flag that takes none. */
  readonly value: string | null
  /** Place of its first word in the command; of a field of Triton's backend, of the word that names its files. */
  readonly at: number
  readonly reason: Message
  readonly validation: FlagValidation
}

/** A setting before its place in the command is known. */
export interface SettingDraft {
  readonly flag: string | null
  readonly value: string | null
  readonly words: readonly string[]
  readonly reason: Message
}

/** `--flag value`, or `--flag` alone. */
export const flagSetting = (flag: string, value: string | number | null, reason: Message): SettingDraft => ({
  flag,
  value: value === null ? null : String(value),
  words: value === null ? [flag] : [flag, String(value)],
  reason,
})

/** How a replica may be spread beside what the search tries. */
export interface Spread extends Layout {
  /** Accelerators over which each sequence's cache is split while decoding. */
  readonly decodeContextParallel?: number
}

/** What the design decided about one engine, resolved from the catalogue. */
export interface LaunchFacts {
  readonly candidate: Candidate
  readonly layout: Spread
  readonly model: Model
  readonly accelerator: Accelerator
  readonly memory: MemoryPlan
  /** Name the engine answers to. */
  readonly servedName: string
  readonly port: number
  /** What it does of a request; null = all of it. */
  readonly role: PoolRole | null
  /** Longest request that must fit, tokens. */
  readonly longestTokens: number
  /** The same rounded up, and never more than the model reads. */
  readonly contextTokens: number
  /** The part of the prompt that is the same in every request, tokens. */
  readonly sharedPrefixTokens: number
  /** GiB of the weights that are kept in the host's memory. */
  readonly cpuOffloadGiB: number
}

/** The words that start the program, and its settings in order. */
export interface EngineCommand {
  readonly start: readonly string[]
  readonly settings: readonly SettingDraft[]
}

/** Builds the command of one engine. */
export type EngineCommandBuilder = (facts: LaunchFacts) => EngineCommand
export type EngineCommandBuilders = Readonly<Record<EngineName, EngineCommandBuilder>>
