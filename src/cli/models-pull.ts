// `models pull`: shows what will come and under which licence, asks where somebody can answer, brings it.

import { confirm, isCancel } from '@clack/prompts'
import { formatNumber, systemClock } from '../core/index.js'
import {
  isPermissive,
  type ModelManifest,
  type PullPlan,
  planPull,
  pullModel,
  weightsError,
} from '../llm/index.js'
import type { CommandContext } from './command-context.js'
import type { ProjectFolder } from './model-users.js'

interface PullRequest {
  /** As written on the command line. */
  readonly source: string
  readonly folder: ProjectFolder
  readonly name?: string
  readonly yes?: boolean
  readonly link?: boolean
}

export const pullCommand = async (request: PullRequest, context: CommandContext): Promise<void> => {
  const terminal = context.terminal()
  const plan = await planPull(request.source, {
    directory: process.cwd(),
    environment: context.environment,
    signal: context.signal,
    link: request.link ?? false,
  })
  try {
    const name = request.name ?? plan.name
    terminal.note(planText(plan, name, context))
    if (!(await isAccepted(plan, { name, yes: request.yes ?? false }, context))) {
      terminal.note(context.text('Nothing was downloaded.', '沒有下載任何檔案。'))
      return context.exitWith(1)
    }
    const { manifest, wasThere } = await pullModel(plan, {
      modelsDirectory: request.folder.modelsDirectory,
      name,
      clock: systemClock,
      signal: context.signal,
      onProgress: progressOf(plan, name, context),
      onWaiting: (pid) =>
        terminal.note(
          context.text(`Process ${pid} pulls ${name}; waiting.`, `程序 ${pid} 正在下載 ${name}，等候中。`),
        ),
    })
    terminal.progressEnd()
    terminal.result({ model: manifest, wasThere }, () => resultText(manifest, wasThere, context))
  } catch (error) {
    if (!context.signal.aborted) throw error
    terminal.note(
      context.text(
        'Stopped. What has come is kept; the same command goes on from there.',
        '已停止。已下載的部分會保留，重新執行即可續傳。',
      ),
    )
    context.exitWith(130)
  } finally {
    await plan.close()
  }
}

const megabytes = (bytes: number) => `${formatNumber(bytes / 1e6)} MB`

const planText = (plan: PullPlan, name: string, { text }: CommandContext): string => {
  const size = plan.sizeBytes === null ? text('size not known', '大小未知') : megabytes(plan.sizeBytes)
  const licence = licenceText(plan, text)
  return [
    text(`Model ${name} from ${plan.source}`, `模型 ${name}，來自 ${plan.source}`) +
      (plan.revision === null ? '' : ` @ ${plan.revision}`),
    `  ${text('files', '檔案')}: ${plan.paths.length > 0 ? plan.paths.join(', ') : text('those of the package', '套件內的檔案')} (${size})`,
    `  ${text('licence', '授權')}: ${licence}${plan.licence.link === null ? '' : ` (${plan.licence.link})`}`,
  ].join('\n')
}

const licenceText = ({ licence }: PullPlan, text: CommandContext['text']): string =>
  licence.id ?? text('unknown: the source states none', '未知：來源沒有註明')

/** Somebody at a terminal is asked; in a pipe only a licence that asks for nothing goes through unasked. */
const isAccepted = async (
  plan: PullPlan,
  { name, yes }: { readonly name: string; readonly yes: boolean },
  context: CommandContext,
): Promise<boolean> => {
  const { text } = context
  const terminal = context.terminal()
  if (yes) return true
  if (terminal.isInteractive && !terminal.json) {
    const answer = await confirm({ message: text('Accept the licence and go on?', '接受授權並繼續？') })
    return !isCancel(answer) && answer
  }
  if (isPermissive(plan.licence)) return true
  throw weightsError('weights.licence-not-accepted', { name, licence: licenceText(plan, text) })
}

const progressOf = (plan: PullPlan, name: string, context: CommandContext) => {
  const terminal = context.terminal()
  const total = Math.round((plan.sizeBytes ?? 0) / 1e6)
  let shown = -1
  return (doneBytes: number) => {
    const done = Math.round(doneBytes / 1e6)
    if (done === shown) return
    shown = done
    terminal.progress(`${name} (MB)`, done, total)
  }
}

const resultText = (manifest: ModelManifest, wasThere: boolean, { text }: CommandContext): string => {
  const bytes = manifest.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const { architecture, parameters, quantization } = manifest.facts
  const facts = [
    architecture,
    parameters === null ? null : `${formatNumber(parameters / 1e6)} M`,
    quantization,
  ].filter((fact) => fact !== null)
  const what = `${manifest.name}: ${megabytes(bytes)} ${manifest.format} (${facts.join(', ')})`
  return [
    wasThere
      ? text(`Was there already. ${what}`, `已經存在。${what}`)
      : text(`Pulled ${what}`, `已下載 ${what}`),
    text(
      `In an architecture: model: models:${manifest.name}`,
      `在架構檔中使用：model: models:${manifest.name}`,
    ),
  ].join('\n')
}
