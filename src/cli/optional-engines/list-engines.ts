// What `doctor --fix` can install, with the room it takes and whether it is there.

import type { CommandContext } from '../command-context.js'
import { optionalEngines } from './engine-table.js'
import type { Environment } from './install-site.js'
import { enginesHome, readStamp } from './installed-engine.js'

interface ListedEngine {
  readonly name: string
  readonly title: string
  /** Room on disk while it is installed. */
  readonly diskGiB: number
  readonly installed: boolean
}

/** @param projectDirectory the folder whose state directory holds the engines */
export const listEngines = (projectDirectory: string, environment: Environment): readonly ListedEngine[] => {
  const home = enginesHome(projectDirectory, environment)
  return optionalEngines.map((engine) => ({
    name: engine.name,
    title: engine.title,
    diskGiB: engine.diskGiB,
    installed: readStamp(home, engine) !== undefined,
  }))
}

export const listText = (engines: readonly ListedEngine[], { text }: CommandContext): string => {
  const width = Math.max(...engines.map(({ name }) => name.length))
  return [
    text(
      'Engines that can be installed: llm-architect doctor --fix NAME',
      '可安裝的引擎：llm-architect doctor --fix 名稱',
    ),
    ...engines.map(
      ({ name, title, diskGiB, installed }) =>
        `  ${installed ? '✓' : ' '} ${name.padEnd(width)}  ${text(`${diskGiB} GiB of disk`, `需 ${diskGiB} GiB 磁碟`)}  ${title}${installed ? text(', installed', '，已安裝') : ''}`,
    ),
  ].join('\n')
}
