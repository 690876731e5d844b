// `design calibrate`: load tests of a deployment are kept, and what they change is shown.

import type { Command } from 'commander'
import { loadCatalogue } from '../../catalog/index.js'
import {
  calibrateRequest,
  deploymentKeyOf,
  deploymentOfRequest,
  impossibleTest,
} from '../../planner/index.js'
import type { CommandContext } from '../command-context.js'
import type { Raw } from '../design-fit/case-fields.js'
import { readCase } from '../design-fit/read-case.js'
import { cliError } from '../messages.js'
import { onceOption } from '../once-option.js'
import { numberOption } from '../option-values.js'
import { architectureOption, projectOf } from '../project.js'
import { readStandardInput } from '../read-standard-input.js'
import { readTextFile } from '../read-text-file.js'
import { calibrateText } from './calibrate-text.js'
import { addTests, calibrationsPath, readCalibrations, testsOf } from './calibrations-file.js'
import { impossibleText } from './impossible-text.js'
import { readPoints } from './read-points.js'
import { scorecardLoadTest } from './scorecard-load-test.js'

/** Adds `calibrate` beside the other commands of `design`. */
export const registerDesignCalibrate = (design: Command, context: CommandContext): void => {
  const { text } = context
  const command = design
    .command('calibrate')
    .description(
      text(
        'Learn from load tests of a deployment; later predictions of it are calibrated by them',
        '以部署的負載測試結果校準；之後對該部署的預測都會採用',
      ),
    )
    .option(
      '--points <file>',
      text(
        'JSON of load tests ({concurrency, inputTokens, outputTokens, tpotMs, ttftMs} or a result of `vllm bench serve`); - reads standard input',
        '負載測試的 JSON（{concurrency, inputTokens, outputTokens, tpotMs, ttftMs}，或 `vllm bench serve` 的結果）；- 表示標準輸入',
      ),
    )
    .option(
      '--from-scorecard',
      text(
        'take the load that `verify` measured on the designed deployment',
        '採用 `verify` 對所設計部署的負載量測結果',
      ),
    )
    .option('--requirements <file>', text('requirements file', '需求檔'), 'requirements.yaml')
    .option(...architectureOption(text))
    .option(
      '--replicas <n>',
      text('with --from-scorecard: replicas that shared the load', '搭配 --from-scorecard：分擔負載的副本數'),
      numberOption(text, { option: '--replicas', least: 1 }),
      1,
    )
    .option(
      '--model <name>',
      text('catalogue name, path or address of a config.json', '目錄名稱，或 config.json 的路徑或網址'),
    )
    .option('--gpu <name>', text('accelerator, as the driver or people call it', '加速器名稱'))
  for (const [flag, en, zhTW] of deploymentFlags) command.option(flag, text(en, zhTW), onceOption(flag, text))
  command.action(async (_options: unknown, self: Command) => {
    const { flags, points, ttftLeftOut } = await given(self.opts(), context)
    const { request } = await readCase(flags, loadCatalogue(), context)
    const deployment = deploymentOfRequest(request)
    if (!calibrateRequest(request, points))
      throw cliError('cli.bad-argument', {
        detail: text(
          `The rates of ${request.card.label} are not known, so there is nothing to calibrate.`,
          `沒有 ${request.card.label} 的運算速率資料，無法校準。`,
        ),
      })
    const impossible = impossibleTest(request, points)
    if (impossible) throw cliError('cli.bad-argument', { detail: impossibleText(impossible, request, text) })
    const path = calibrationsPath(projectOf(self.opts<Options>().requirements).stateDirectory)
    const added = await addTests(path, deployment, points)
    const tests = testsOf(await readCalibrations(path), deployment)
    const calibrated = calibrateRequest(request, tests)
    if (!calibrated) return
    const deploymentKey = deploymentKeyOf(deployment)
    context
      .terminal()
      .result(
        { deployment: deploymentKey, added, tests: tests.length, file: path, ttftLeftOut, ...calibrated },
        () =>
          calibrateText(calibrated, {
            deployment: deploymentKey,
            added,
            tests: tests.length,
            ttftLeftOut,
            text,
          }),
      )
  })
}

interface Options {
  readonly points?: string
  readonly fromScorecard?: boolean
  readonly requirements: string
  readonly architecture?: string
  readonly replicas: number
}

/** The deployment in the words of `design fit`, and its load tests. @throws `cli.bad-argument` */
const given = async (options: Options & Raw, context: CommandContext) => {
  const { points: file, fromScorecard, requirements, architecture, replicas, ...named } = options
  const { text } = context
  if ((file === undefined) === (fromScorecard === undefined))
    throw cliError('cli.bad-argument', {
      detail: text(
        'Give --points with a file of load tests, or --from-scorecard for what verify measured.',
        '請以 --points 指定負載測試的檔案，或以 --from-scorecard 採用 verify 的量測結果。',
      ),
    })
  const flags: Raw = { ...named, json: undefined, lang: undefined }
  if (file === undefined) {
    const found = scorecardLoadTest({ requirements, architecture, replicas }, text)
    return { flags: { ...flags, ...found.flags }, points: [found.test], ttftLeftOut: found.ttftLeftOut }
  }
  const content = file === '-' ? await readStandardInput() : readTextFile(file)
  return { flags, points: readPoints(content, context), ttftLeftOut: null }
}

const deploymentFlags = [
  ['--engine <name>', 'vllm, sglang, trtllm, tgi, llama.cpp', 'vllm、sglang、trtllm、tgi、llama.cpp'],
  ['--engine-version <v>', 'release of the engine', '引擎版本'],
  ['--quantization <q>', 'bf16, fp8, int8, awq, gptq, nvfp4, mxfp4, q4_k_m, ...', '權重格式'],
  ['--kv-dtype <d>', 'auto, bf16, fp8, nvfp4, fp8_ds_mla', 'KV 快取型別'],
  ['--count <n>', 'accelerators in all', '加速器總數'],
  ['--tp <n>', 'tensor parallelism', '張量平行'],
  ['--pp <n>', 'pipeline stages', '管線階段'],
  ['--ep <n>', 'experts whole on each accelerator', '專家平行'],
  ['--dp <n>', 'data-parallel groups', '資料平行'],
  [
    '--load <load>',
    'the load that matters: input=N,output=N,concurrency=N',
    '最在意的負載：input=N,output=N,concurrency=N',
  ],
] as const
