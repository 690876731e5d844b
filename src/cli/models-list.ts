// What `models list` shows.

import { ArchitectError, formatNumber } from '../core/index.js'
import { listIncoming, listModels, type WeightFacts, type WeightFormat } from '../llm/index.js'
import type { CommandContext } from './command-context.js'
import { type ModelUse, modelUsers, type ProjectFolder } from './model-users.js'
import { renderTable } from './table.js'

interface ListedModel {
  readonly name: string
  readonly format: WeightFormat
  readonly sizeBytes: number
  readonly licence: string | null
  readonly facts: WeightFacts
  readonly source: string
  readonly revision: string | null
  readonly pulledAt: string
  readonly usedBy: readonly ModelUse[]
}

export interface ListedModels {
  readonly directory: string
  readonly models: readonly ListedModel[]
  /** Broken off; the next pull goes on from there. */
  readonly incomplete: readonly string[]
}

export const listedModels = async (folder: ProjectFolder, context: CommandContext): Promise<ListedModels> => {
  const usersOf = tolerantUsers(folder, context)
  const manifests = await listModels(folder.modelsDirectory)
  return {
    directory: folder.modelsDirectory,
    models: manifests.map(({ name, format, files, licence, facts, source, revision, pulledAt }) => ({
      name,
      format,
      sizeBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
      licence: licence.id,
      facts,
      source,
      revision,
      pulledAt,
      usedBy: usersOf(name),
    })),
    incomplete: await listIncoming(folder.modelsDirectory),
  }
}

/** A list is useful without the architecture; that it could not be read is said. */
const tolerantUsers = (folder: ProjectFolder, context: CommandContext): ReturnType<typeof modelUsers> => {
  try {
    return modelUsers(folder)
  } catch (error) {
    if (!(error instanceof ArchitectError)) throw error
    const terminal = context.terminal()
    terminal.note(terminal.render(error))
    return () => []
  }
}

export const modelsTable = ({ models, incomplete }: ListedModels, { text }: CommandContext): string => {
  const broken =
    incomplete.length === 0
      ? []
      : [
          '',
          text(
            `Broken off, goes on with the next pull: ${incomplete.join(', ')}`,
            `未完成，下次 pull 會續傳：${incomplete.join('、')}`,
          ),
        ]
  if (models.length === 0)
    return [
      text(
        'No models. Get one with: llm-architect models pull smollm2-135m',
        '沒有模型。可執行：llm-architect models pull smollm2-135m',
      ),
      ...broken,
    ].join('\n')
  const table = renderTable(
    [
      { title: text('name', '名稱') },
      { title: text('format', '格式') },
      { title: text('size', '大小'), align: 'right' },
      { title: text('licence', '授權') },
      { title: text('parameters', '參數量'), align: 'right' },
      { title: text('context', '上下文'), align: 'right' },
      { title: text('source', '來源'), maxWidth: 60 },
      { title: text('used by', '使用的部署') },
    ],
    models.map((model) => [
      model.name,
      [model.format, model.facts.quantization].filter(Boolean).join(' '),
      `${formatNumber(model.sizeBytes / 1e6)} MB`,
      model.licence ?? text('unknown', '未知'),
      model.facts.parameters === null ? '' : `${formatNumber(model.facts.parameters / 1e6)} M`,
      model.facts.contextLength === null ? '' : String(model.facts.contextLength),
      [model.source, model.revision?.slice(0, 12)].filter(Boolean).join('@'),
      model.usedBy.map(({ deployment }) => deployment).join(', '),
    ]),
  )
  return [table, ...broken].join('\n')
}
