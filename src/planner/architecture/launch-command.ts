// The command line that starts an engine as the design says: each setting with its reason, and whether the engine's
// version has it.

import { type Catalogue, checkFlags, type Engine, engineOf, type FlagProblem } from '../../catalog/index.js'
import { roundedContext } from '../memory/rounded-context.js'
import type { Candidate } from '../search/report.js'
import { llamaCppCommand } from './launch-llama-cpp.js'
import type { PoolRole } from './launch-messages.js'
import type {
  EngineCommand,
  EngineCommandBuilders,
  LaunchFacts,
  LaunchSetting,
  SettingDraft,
  Spread,
} from './launch-setting.js'
import { sglangCommand } from './launch-sglang.js'
import { tgiCommand } from './launch-tgi.js'
import { trtllmCommand } from './launch-trtllm.js'
import { vllmCommand } from './launch-vllm.js'

export interface LaunchCommand {
  readonly command: readonly string[]
  readonly settings: readonly LaunchSetting[]
  /** The version whose flags the command was checked against. */
  readonly checkedAgainst: string
}

export interface Launch {
  readonly candidate: Candidate
  readonly layout: Spread
  readonly catalogue: Catalogue
  /** Longest request, tokens. */
  readonly contextTokens: number
  /** Name the engine answers to. */
  readonly servedName: string
  /** The part of the prompt that is the same in every request, tokens; default none. */
  readonly sharedPrefixTokens?: number
  readonly cpuOffloadGiB?: number
  /** Default 8000. */
  readonly port?: number
  /** Of an engine that reads prompts or writes answers only. */
  readonly role?: PoolRole
}

const builders: EngineCommandBuilders = {
  vllm: vllmCommand,
  sglang: sglangCommand,
  tgi: tgiCommand,
  trtllm: trtllmCommand,
  'llama.cpp': llamaCppCommand,
}

/** Null for a candidate that no engine serves, or whose memory was not planned. */
export const launchCommand = (launch: Launch): LaunchCommand | null => {
  const { candidate, catalogue } = launch
  const engine = candidate.engine === null ? undefined : engineOf(catalogue, candidate.engine)
  const facts = engine && factsOf(launch)
  if (!engine || !facts) return null
  return placed(engine, builders[engine.name](facts))
}

/** The words of a command, and where in it each setting stands. */
export const placed = (engine: Engine, { start, settings }: EngineCommand): LaunchCommand => {
  const validate = validator(engine)
  const command = [...start]
  const found = settings.map((draft): LaunchSetting => {
    // A field of a file has no word of its own: it belongs to the word that names the file.
    const at = draft.words.length > 0 ? command.length : command.length - 1
    command.push(...draft.words)
    const { flag, value, reason } = draft
    return { flag, value, at, reason, validation: validate(draft) }
  })
  return { command, settings: found, checkedAgainst: nameOf(engine) }
}

const factsOf = (launch: Launch): LaunchFacts | null => {
  const { candidate, catalogue, contextTokens: longestTokens } = launch
  const model = catalogue.lookUpModel(candidate.model).found
  const accelerator = catalogue.lookUpAccelerator(candidate.accelerator ?? '').found
  const { memory } = candidate
  if (!model || !accelerator || !memory) return null
  return {
    candidate,
    layout: launch.layout,
    model,
    accelerator,
    memory,
    servedName: launch.servedName,
    longestTokens,
    contextTokens: roundedContext(longestTokens, model.maxContext),
    sharedPrefixTokens: launch.sharedPrefixTokens ?? 0,
    cpuOffloadGiB: launch.cpuOffloadGiB ?? 0,
    port: launch.port ?? 8000,
    role: launch.role ?? null,
  }
}

const nameOf = ({ name, version }: Engine) => `${name} ${version}`

const validator = (engine: Engine) => {
  const against = nameOf(engine)
  return ({ flag, words }: SettingDraft): LaunchSetting['validation'] => ({
    against,
    list: 'snapshot',
    problem: flag === null ? null : problemOf(engine, flag, words),
  })
}

/** Of Triton the catalogue lists the fields of the TensorRT-LLM backend, and not the server's own flags. */
const problemOf = (
  engine: Engine,
  flag: string,
  words: readonly string[],
): LaunchSetting['validation']['problem'] => {
  if (engine.name !== 'trtllm') return checkFlags(engine, words)[0]?.kind ?? null
  if (flag.startsWith('--')) return 'not-listed'
  const isKnown = engine.flags.some(({ name }) => name === flag)
  return isKnown ? null : ('unknown' satisfies FlagProblem['kind'])
}
