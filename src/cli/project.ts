// A project on disk: the folder of requirements.yaml, its architecture files and its state directory.

import { existsSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { type Architecture, parseArchitecture, parseRequirements, type Requirements } from '../spec/index.js'
import type { CommandContext } from './command-context.js'
import { cliError } from './messages.js'
import { readTextFile } from './read-text-file.js'

export interface Project {
  /** Folder of requirements.yaml. */
  readonly directory: string
  readonly stateDirectory: string
}

/** Where `design` writes, in the order in which `serve` looks: what can run on this machine comes first. */
export const architectureFiles = ['architecture.local.yaml', 'architecture.yaml'] as const

/** The option that names an architecture file; the same for every command. */
export const architectureOption = (text: CommandContext['text']): [string, string] => [
  '--architecture <file>',
  text(
    `architecture file (default: ${architectureFiles.join(', then ')})`,
    `架構檔（預設依序為 ${architectureFiles.join('、')}）`,
  ),
]

export const stateDirectoryName = '.llm-architect'

/** The architecture file that a command works on; what `start` has left counts where there is no other. */
export const findArchitecture = (given: string | undefined, directory = '.'): string => {
  const names = [directory, join(directory, stateDirectoryName)].flatMap((folder) =>
    architectureFiles.map((name) => join(folder, name)),
  )
  return resolve(given ?? names.find((name) => existsSync(name)) ?? join(directory, 'architecture.yaml'))
}

/** `findArchitecture`, saying which file it is where the reader would not expect it. */
export const chooseArchitecture = (given: string | undefined, context: CommandContext): string => {
  const file = findArchitecture(given)
  if (given === undefined && isInState(file))
    context.terminal().note(context.text(`Using ${relative('.', file)}`, `使用 ${relative('.', file)}`))
  return file
}

const isInState = (file: string): boolean => basename(dirname(file)) === stateDirectoryName

/** The project of a requirements or architecture file; its folder need not hold both. */
export const projectOf = (file: string): Project => {
  const directory = dirname(resolve(file))
  const stateDirectory = isInState(resolve(file)) ? directory : join(directory, stateDirectoryName)
  return { directory, stateDirectory }
}

/** Where a system keeps its audit log. */
export const auditDirectory = (stateDirectory: string): string => join(stateDirectory, 'audit')

export interface LoadedFile<T> {
  readonly value: T
  readonly text: string
  readonly path: string
}

/** @throws `cli.file-not-found` | `spec.invalid` */
export const loadRequirements = (file: string): LoadedFile<Requirements> => {
  const text = readText(file, 'init')
  return { value: parseRequirements(text, file), text, path: resolve(file) }
}

/** @throws `cli.file-not-found` | `spec.invalid` */
export const loadArchitecture = (file: string): LoadedFile<Architecture> => {
  const text = readText(file, 'design')
  return { value: parseArchitecture(text, file), text, path: resolve(file) }
}

const readText = (file: string, writtenBy: string): string => {
  if (!existsSync(file)) throw cliError('cli.file-not-found', { file, writtenBy })
  return readTextFile(file)
}
