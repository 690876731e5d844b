// The answer of `design fit` for people: yes or no, why, then the memory of one accelerator line by line.

import { formatNumber } from '../../core/index.js'
import type { FitAnswer, FitRequest } from '../../planner/index.js'
import type { CommandContext } from '../command-context.js'

type Text = CommandContext['text']

export const fitText = (
  request: FitRequest,
  answer: FitAnswer,
  { text, warnings }: { readonly text: Text; readonly warnings: readonly string[] },
): string => {
  const { settings } = answer
  const n = (value: number) => formatNumber(value)
  const row = (name: string, value: number) => `  ${name.padEnd(34)} ${value.toFixed(2).padStart(8)} GiB`
  return [
    answer.fits
      ? text(
          `It fits: ${request.model.name} on ${request.count} x ${request.card.label}.`,
          `放得下：${request.model.name}，${request.count} x ${request.card.label}。`,
        )
      : text(
          `It does not fit (${answer.limitedBy}): ${request.model.name} on ${request.count} x ${request.card.label}.`,
          `放不下（${answer.limitedBy}）：${request.model.name}，${request.count} x ${request.card.label}。`,
        ),
    text(
      `${request.engine} ${settings.engineVersion}, tensor parallel ${settings.tensorParallel}, pipeline ${settings.pipelineParallel}, ${settings.maxNumBatchedTokens} tokens and ${settings.maxNumSeqs} sequences a step`,
      `${request.engine} ${settings.engineVersion}，張量平行 ${settings.tensorParallel}，管線 ${settings.pipelineParallel}，每步 ${settings.maxNumBatchedTokens} 個詞元與 ${settings.maxNumSeqs} 個序列`,
    ),
    '',
    text('Memory of one accelerator', '單一加速器的記憶體'),
    row(
      `budget (${settings.gpuMemoryUtilization} x ${settings.gpuMemoryGiB.toFixed(2)})`,
      answer.budgetGiBPerGpu,
    ),
    row(text('weights', 'weights（權重）'), answer.weightsGiBPerGpu),
    row(text('peak of the start-up run', 'activations'), answer.activationsGiBPerGpu),
    row(text('runtime and communication', 'runtime'), answer.runtimeGiBPerGpu),
    row(text('CUDA graphs', 'CUDA graphs'), answer.graphsGiBPerGpu),
    row(text('left for the KV cache', 'KV cache'), answer.availableKvGiBPerGpu),
    '',
    text(
      `KV cache: ${n(answer.kvCacheTokens)} tokens as the start-up log prints them; ${formatNumber(answer.maxConcurrency, 3)} requests of ${n(settings.maxModelLen)} tokens; longest that fits: ${n(answer.maxModelLenThatFits)}.`,
      `KV 快取：啟動紀錄會印出 ${n(answer.kvCacheTokens)} 個詞元；可容納 ${formatNumber(answer.maxConcurrency, 3)} 個長 ${n(settings.maxModelLen)} 的請求；最長可放 ${n(answer.maxModelLenThatFits)}。`,
    ),
    text(
      `One request: ${n(answer.kvBytesPerToken)} bytes a token${answer.kvBytesPerSequence > 0 ? ` and ${n(Math.round(answer.kvBytesPerSequence))} whatever its length` : ''}.`,
      `單一請求：每詞元 ${n(answer.kvBytesPerToken)} 位元組${answer.kvBytesPerSequence > 0 ? `，另有固定 ${n(Math.round(answer.kvBytesPerSequence))} 位元組` : ''}。`,
    ),
    ...speedLines(answer, text),
    ...(warnings.length > 0 ? ['', ...warnings.map((warning) => `- ${warning}`)] : []),
  ].join('\n')
}

const speedLines = ({ predicted }: FitAnswer, text: Text): readonly string[] => {
  if (!predicted) return []
  const band = ({
    value,
    low,
    high,
  }: {
    readonly value: number
    readonly low: number
    readonly high: number
  }) => `${formatNumber(value, 3)} (${formatNumber(low, 3)}-${formatNumber(high, 3)})`
  return [
    '',
    text('Predicted, with the range of four in five deployments', '預測值與五分之四部署所在的範圍'),
    `  TTFT ms             ${band(predicted.ttftMs)}`,
    `  TPOT ms             ${band(predicted.tpotMs)}`,
    `  output tokens/s     ${band(predicted.outputTokensPerSecond)}`,
    `  requests/s          ${band(predicted.requestsPerSecond)}`,
  ]
}
