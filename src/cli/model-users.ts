// Which deployments of a project's architectures name a model of the models folder.

import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { modelDirectory } from '../llm/index.js'
import type { Architecture } from '../spec/index.js'
import { architectureFiles, loadArchitecture } from './project.js'

export interface ModelUse {
  readonly deployment: string
  /** Name of the architecture file. */
  readonly file: string
}

export interface ProjectFolder {
  readonly directory: string
  readonly modelsDirectory: string
}

/** @throws `spec.invalid` when an architecture cannot be read: nobody knows then what it uses */
export const modelUsers = (folder: ProjectFolder): ((name: string) => readonly ModelUse[]) => {
  const architectures = architectureFiles.flatMap((file) => {
    const path = join(folder.directory, file)
    return existsSync(path) ? [{ file, architecture: loadArchitecture(path).value }] : []
  })
  return (name) =>
    architectures.flatMap(({ file, architecture }) =>
      deploymentsOf(architecture, name, folder).map((deployment) => ({ deployment, file })),
    )
}

const deploymentsOf = (
  { deployments }: Architecture,
  name: string,
  { directory, modelsDirectory }: ProjectFolder,
): readonly string[] => {
  const place = modelDirectory(modelsDirectory, name)
  const isInside = (text: string) => {
    const path = resolve(directory, text.replace(/^file:/, ''))
    return path === place || path.startsWith(`${place}/`)
  }
  return deployments
    .filter(
      ({ model, launch }) =>
        [name, `models:${name}`].includes(model.toLowerCase()) ||
        [model, ...(launch?.command ?? [])].some(isInside),
    )
    .map(({ id }) => id)
}
