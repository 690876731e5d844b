// Launch flags of the engines, each list read from one version. Knows no design.

import { suggest } from '../core/index.js'
import data from './data/engine-flags.json' with { type: 'json' }

export type EngineName = 'vllm' | 'sglang' | 'tgi' | 'trtllm' | 'llama.cpp'

export interface EngineFlag {
  readonly name: string
  readonly aliases: readonly string[]
  readonly type: string | null
  readonly default: string | number | boolean | null
  /** Empty = any value of the type. */
  readonly choices: readonly string[]
}

export interface Engine {
  readonly name: EngineName
  /** The version the flags were read from. */
  readonly version: string
  readonly source: string
  readonly flags: readonly EngineFlag[]
}

export const readEngines = (): readonly Engine[] =>
  data.map(({ engine, version, source, flags }) => ({
    name: engine as EngineName,
    version,
    source,
    flags: flags.map(([name, aliases, type, initial, choices]) => ({
      name: String(name),
      aliases: aliases as string[],
      type: type as string | null,
      default: initial as EngineFlag['default'],
      choices: (choices as unknown[]).map(String),
    })),
  }))

export interface FlagProblem {
  readonly flag: string
  readonly kind: 'unknown' | 'not-a-choice' | 'not-a-number'
  readonly suggestion?: string
}

/**
 * What is wrong in a launch command: flags the engine's version does not have, values outside a flag's choices,
 * text where it wants a number. Words before the first flag are the program and its subcommand.
 */
export const checkFlags = (engine: Engine, command: readonly string[]): readonly FlagProblem[] =>
  command.flatMap((word, i) => {
    if (!word.startsWith('--')) return []
    const [name = '', inline] = word.split('=')
    const flag = engine.flags.find((known) => known.name === name || known.aliases.includes(name))
    if (!flag) return unknownFlag(engine, name)
    const next = command[i + 1]
    const value = inline ?? (next?.startsWith('--') ? undefined : next)
    if (value === undefined) return []
    if (flag.choices.length > 0 && !flag.choices.includes(value)) return { flag: name, kind: 'not-a-choice' }
    const wantsNumber = flag.type === 'int' || flag.type === 'float'
    return wantsNumber && Number.isNaN(Number(value)) ? { flag: name, kind: 'not-a-number' } : []
  })

const unknownFlag = (engine: Engine, name: string): FlagProblem => {
  const suggestion = suggest(
    name,
    engine.flags.map((flag) => flag.name),
  )
  return { flag: name, kind: 'unknown', ...(suggestion === undefined ? {} : { suggestion }) }
}
