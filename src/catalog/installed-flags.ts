// Compares a launch command with the flags that an engine itself lists. Knows no process: it is given the text.

import { suggest } from '../core/index.js'
import type { Catalogue } from './catalogue.js'
import { engineOf } from './catalogue.js'
import { checkFlags, type FlagProblem } from './engine-flags.js'
import type { EngineKind, FoundProgram } from './engine-program.js'

/** What an installed engine says of itself. */
export interface ListedFlags {
  readonly flags: readonly string[]
  readonly version: string | null
}

export interface LaunchFlagProblem {
  readonly flag: string
  readonly kind: FlagProblem['kind'] | 'too-old'
  readonly suggestion: string | null
}

/** Fewer flags than this are no list: the program printed something else. */
const fewestFlags = 5

/** The flags in a help text, or undefined when it is none. */
export const flagsInHelp = (text: string): readonly string[] | undefined => {
  const flags = new Set(text.match(/(?<![\w-])--[a-zA-Z][\w-]*/g) ?? [])
  return flags.size < fewestFlags ? undefined : [...flags]
}

/** The first thing in a text that looks like a version. */
export const versionIn = (text: string): string | null =>
  /(?:version:?\s*|\bv?)(\d+(?:\.\d+)+(?:[-+.\w]*)?|(?<=version:\s*)\d+)/i.exec(text)?.[1] ?? null

/** What the installed engine would refuse. */
export const checkListed = (
  { program, rest }: FoundProgram,
  listed: ListedFlags,
  catalogue: Catalogue,
): readonly LaunchFlagProblem[] => {
  const snapshot = program.flagsOf === null ? undefined : engineOf(catalogue, program.flagsOf)
  const known = new Set(listed.flags.map((flag) => normalised(program.kind, flag)))
  return namesOf(program.kind, rest)
    .filter((flag) => !known.has(flag))
    .map((flag): LaunchFlagProblem => {
      const isInSnapshot = snapshot?.flags.some(({ name, aliases }) => [name, ...aliases].includes(flag))
      // A newer engine may have dropped a flag; only an older one can be too old for it.
      if (isInSnapshot && listed.version !== null && isOlder(listed.version, snapshot?.version ?? ''))
        return { flag, kind: 'too-old', suggestion: null }
      return { flag, kind: 'unknown', suggestion: suggest(flag, known) ?? null }
    })
}

/** The same against the catalogue's snapshot, which may be older or newer than what will run. */
export const checkSnapshot = (
  { program, rest }: FoundProgram,
  catalogue: Catalogue,
): readonly LaunchFlagProblem[] => {
  const snapshot = program.flagsOf === null ? undefined : engineOf(catalogue, program.flagsOf)
  if (!snapshot) return []
  const words = rest.map((word) => (word.startsWith('--') ? withNormalisedName(program.kind, word) : word))
  return checkFlags(snapshot, words).map(({ flag, kind, suggestion }) => ({
    flag,
    kind,
    suggestion: suggestion ?? null,
  }))
}

/** `vllm 0.28.0`: the engine and the version whose flags the catalogue has. */
export const snapshotName = ({ program }: FoundProgram, catalogue: Catalogue): string => {
  const snapshot = program.flagsOf === null ? undefined : engineOf(catalogue, program.flagsOf)
  return `${program.kind} ${snapshot?.version ?? ''}`.trim()
}

/** Whether `installed` is older than `needed`; versions that are no numbers cannot be compared. */
export const isOlder = (installed: string, needed: string): boolean => {
  const [mine, theirs] = [numbersOf(installed), numbersOf(needed)]
  if (!mine || !theirs) return false
  for (let i = 0; i < Math.max(mine.length, theirs.length); i++) {
    const difference = (mine[i] ?? 0) - (theirs[i] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}

const numbersOf = (version: string): number[] | undefined =>
  /^v?(\d+(?:\.\d+)+)/.exec(version)?.[1]?.split('.').map(Number)

const namesOf = (kind: EngineKind, words: readonly string[]): readonly string[] =>
  words.filter((word) => /^--[a-zA-Z]/.test(word)).map((word) => normalised(kind, word))

const withNormalisedName = (kind: EngineKind, word: string) => {
  const [, ...value] = word.split('=')
  return [normalised(kind, word), ...value].join('=')
}

/** vLLM and SGLang take `_` for `-`; vLLM also takes parts of a JSON value as `--flag.part`. */
const normalised = (kind: EngineKind, word: string): string => {
  const name = word.split('=')[0] ?? word
  if (kind === 'vllm') return (name.split('.')[0] ?? name).replaceAll('_', '-')
  return kind === 'sglang' ? name.replaceAll('_', '-') : name
}
