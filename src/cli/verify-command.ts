// `verify`: measures the running system against requirements.yaml; exit status 1 when a target is missed.

import { dirname } from 'node:path'
import type { Command } from 'commander'
import { type VerificationArea, verificationAreas } from '../verify/index.js'
import { isLoadTest } from './calibration/scorecard-load-test.js'
import type { CommandContext } from './command-context.js'
import { wordOption, wordsOption } from './option-values.js'
import { agreeToCost, paidLoadOf } from './paid-load.js'
import { architectureOption, loadArchitecture, loadRequirements, projectOf } from './project.js'
import { loadProfileOf } from './project-load.js'
import { scorecardText } from './scorecard-text.js'
import { showProgress } from './show-progress.js'
import { verifyProject } from './verify-project.js'
import { withSystem } from './with-system.js'

interface Options {
  readonly architecture?: string
  readonly only?: readonly VerificationArea[]
  readonly profile: 'here' | 'production'
  readonly key?: string
  readonly yes?: boolean
}

export const registerVerify = (program: Command, context: CommandContext): void => {
  const { text } = context
  program
    .command('verify')
    .argument('[requirements]', text('requirements file', '需求檔'), 'requirements.yaml')
    .description(text('Measure the system against its requirements', '依需求量測系統'))
    .option(...architectureOption(text))
    .option(
      '--only <areas>',
      text(`some of: ${verificationAreas.join(',')}`, `其中幾項：${verificationAreas.join(',')}`),
      wordsOption(text, '--only', verificationAreas),
    )
    .option(
      '--profile <name>',
      text('load profile: here or production', '負載設定：here 或 production'),
      wordOption(text, '--profile', ['here', 'production']),
      'here',
    )
    .option('--key <key>', text('virtual key, where keys are required', '需要金鑰時使用的虛擬金鑰'))
    .option('--yes', text('agree to what a paid deployment will charge', '同意付費部署的費用'))
    .action(async (requirementsFile: string, options: Options) => {
      const terminal = context.terminal()
      const { value: requirements, path } = loadRequirements(requirementsFile)
      const directory = dirname(path)
      const { result, architecture, stateDirectory } = await withSystem(context, {
        architecture: options.architecture,
        withKnowledge: true,
        run: async (system, file) => {
          const loaded = loadArchitecture(file)
          const profile = loadProfileOf(directory, options.profile, requirements.useCase.languages)
          const load = paidLoadOf({ architecture: loaded.value, requirements, directory, profile })
          await agreeToCost(load, { yes: options.yes === true, context })
          const scorecard = await verifyProject({
            requirementsFile,
            architecture: loaded,
            stateDirectory: projectOf(file).stateDirectory,
            system,
            apiKey: options.key ?? context.environment.LLM_ARCHITECT_KEY,
            profile: options.profile,
            areas: options.only,
            environment: context.environment,
            signal: context.signal,
            onProgress: showProgress(terminal),
          })
          const { stateDirectory } = projectOf(file)
          return { result: scorecard, architecture: loaded.value, stateDirectory }
        },
      })
      terminal.progressEnd()
      terminal.result(result, () => scorecardText({ scorecard: result, requirements, architecture }, context))
      if (isLoadTest(result, { architecture, stateDirectory }))
        terminal.note(
          text(
            'Later designs take this load into account after: llm-architect design calibrate --from-scorecard',
            '執行 llm-architect design calibrate --from-scorecard 後，之後的設計會採用這次負載的結果',
          ),
        )
      context.exitWith(result.rows.some(({ verdict }) => verdict === 'fail') ? 1 : 0)
    })
}
