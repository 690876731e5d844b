// `serve --check`: what would keep the engines of an architecture from starting, and whether the packages of providers
// are there. Starts nothing.

import { loadCatalogue } from '../catalog/index.js'
import { checkProviders, type ProviderCheck } from './check-providers.js'
import type { CommandContext } from './command-context.js'
import { checkLaunches, type LaunchCheck } from './launch/check-launches.js'
import { checkPort } from './launch/check-port.js'
import { planLaunches } from './launch/engine-launch.js'
import { enginesHomeIn } from './optional-engines/installed-engine.js'
import { loadArchitecture, projectOf } from './project.js'

/** Prints the checks; exit status 1 when something is wrong. */
export const checkEngines = async (architectureFile: string, context: CommandContext): Promise<void> => {
  const terminal = context.terminal()
  const { directory, stateDirectory } = projectOf(architectureFile)
  const { environment, signal } = context
  const { value } = loadArchitecture(architectureFile)
  const { launches, problems } = planLaunches(value, {
    environment,
    directory,
    enginesHome: enginesHomeIn(stateDirectory, environment),
  })
  const catalogue = loadCatalogue()
  const checked = await checkLaunches(launches, { catalogue, stateDirectory, environment, signal })
  const checks = await Promise.all(
    checked.map(async (check) => ({
      ...check,
      problems: [...check.problems, ...(await checkPort(check.launch, stateDirectory))],
    })),
  )
  const providers = await checkProviders(value.deployments, { environment, directory })
  const said = (messages: LaunchCheck['problems']) =>
    messages.map(({ code, params }) => ({ code, params, message: terminal.render({ code, params }) }))
  const all = [
    ...problems,
    ...checks.flatMap((check) => check.problems),
    ...providers.flatMap(({ problem }) => problem ?? []),
  ]
  const result = {
    engines: checks.map((check) => ({
      deployments: check.launch.deployments,
      program: check.program,
      checkedAgainst: check.checkedAgainst,
      validated: check.isValidated,
      remarks: said(check.remarks),
    })),
    providers: providers.map(({ problem: _problem, ...provider }) => provider),
    problems: said(all),
  }
  terminal.result(result, () =>
    [
      ...checks.map((check) => describe(check, context)),
      ...providers.map((check) => describeProvider(check, context)),
      ...result.engines.flatMap(({ remarks }) => remarks.map(({ message }) => `  ! ${message}`)),
      ...result.problems.map(({ message }) => `  ✗ ${message}`),
      ...(checks.length + providers.length === 0 && all.length === 0
        ? [context.text('No deployment launches an engine.', '沒有需要啟動的引擎。')]
        : []),
    ].join('\n'),
  )
  context.exitWith(all.length > 0 ? 1 : 0)
}

const describe = (check: LaunchCheck, { text }: CommandContext): string => {
  const { launch, program, checkedAgainst, isValidated, problems } = check
  const against =
    checkedAgainst === null
      ? text('flags not known', '旗標未知')
      : isValidated
        ? text(`flags as ${checkedAgainst} lists them`, `旗標依 ${checkedAgainst} 列出者檢查`)
        : text(`flags as in ${checkedAgainst} (unvalidated)`, `旗標依目錄中的 ${checkedAgainst}（未驗證）`)
  const mark = problems.length === 0 ? '✓' : '✗'
  return `${mark} ${launch.deployments.join(', ')}: ${program ?? launch.command[0]}; ${against}`
}

const describeProvider = (
  { deployment, package: name, version, specification, problem }: ProviderCheck,
  { text }: CommandContext,
) =>
  problem
    ? `✗ ${deployment}: ${name ?? 'ai-sdk'}`
    : `✓ ${deployment}: ${name} ${version}; ${text(`models of specification ${specification}`, `模型規格 ${specification}`)}`
