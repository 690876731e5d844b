// The answer of `design fit` for people: yes or no, why, then the memory of one accelerator line by line.

import stringWidth from 'string-width'
import { counted, formatNumber } from '../../core/index.js'
import type { FitAnswer, FitRequest } from '../../planner/index.js'
import type { CommandContext } from '../command-context.js'

type Text = CommandContext['text']

export const fitText = (
  request: FitRequest,
  answer: FitAnswer,
  { text, warnings }: { readonly text: Text; readonly warnings: readonly string[] },
): string =>
  [
    verdictLine(request, answer, text),
    settingsLine(request, answer, text),
    '',
    ...memoryLines(answer, text),
    '',
    ...cacheLines(answer, text),
    ...speedLines(answer, text),
    ...(warnings.length > 0 ? ['', ...warnings.map((warning) => `- ${warning}`)] : []),
  ].join('\n')

const verdictLine = ({ model, count, card }: FitRequest, { fits, limitedBy }: FitAnswer, text: Text) => {
  const what = `${model.name}`
  const where = `${count} x ${card.label}`
  return fits
    ? text(`It fits: ${what} on ${where}.`, `放得下：${what}，${where}。`)
    : text(
        `It does not fit (${limitText(limitedBy, text)}): ${what} on ${where}.`,
        `放不下（${limitText(limitedBy, text)}）：${what}，${where}。`,
      )
}

/** What stands in the way, or bounds the number of requests. */
export const limitText = (limit: FitAnswer['limitedBy'], text: Text): string => {
  const names: Readonly<Record<FitAnswer['limitedBy'], readonly [string, string]>> = {
    layout: ['layout', '平行配置'],
    precision: ['format', '格式'],
    accelerator: ['accelerator', '加速器'],
    context: ['context', '上下文長度'],
    release: ['release', '引擎版本'],
    weights: ['weights', '權重'],
    activations: ['activations', '啟用值'],
    'kv-cache': ['KV cache', 'KV 快取'],
    'cuda-graphs': ['CUDA graphs', 'CUDA 圖'],
    'max-num-seqs': ['max-num-seqs', 'max-num-seqs（同時序列數上限）'],
    'max-model-len': ['max-model-len', 'max-model-len（請求長度上限）'],
  }
  return text(...names[limit])
}

const settingsLine = ({ engine }: FitRequest, { settings }: FitAnswer, text: Text) => {
  const { engineVersion, tensorParallel, pipelineParallel, maxNumBatchedTokens, maxNumSeqs } = settings
  return text(
    `${engine} ${engineVersion}, tensor parallel ${tensorParallel}, pipeline ${pipelineParallel}, ${counted(maxNumBatchedTokens, 'token', 'tokens', 9)} and ${counted(maxNumSeqs, 'sequence', 'sequences', 9)} a step`,
    `${engine} ${engineVersion}，張量平行 ${tensorParallel}，管線 ${pipelineParallel}，每步 ${formatNumber(maxNumBatchedTokens, 9)} 個詞元與 ${formatNumber(maxNumSeqs, 9)} 個序列`,
  )
}

const memoryLines = (answer: FitAnswer, text: Text): readonly string[] => {
  const { gpuMemoryUtilization, gpuMemoryGiB } = answer.settings
  const share = `${gpuMemoryUtilization} x ${gpuMemoryGiB.toFixed(2)}`
  const row = (name: string, value: number) =>
    `  ${name}${' '.repeat(Math.max(1, 34 - stringWidth(name)))} ${value.toFixed(2).padStart(8)} GiB`
  return [
    text('Memory of one accelerator', '單一加速器的記憶體'),
    row(text(`budget (${share})`, `可用額度（${share}）`), answer.budgetGiBPerGpu),
    row(text('weights', '權重'), answer.weightsGiBPerGpu),
    row(text('peak of the start-up run', '啟動試跑的峰值'), answer.activationsGiBPerGpu),
    row(text('runtime and communication', '執行環境與通訊'), answer.runtimeGiBPerGpu),
    row(text('CUDA graphs', 'CUDA 圖'), answer.graphsGiBPerGpu),
    row(text('left for the KV cache', '留給 KV 快取'), answer.availableKvGiBPerGpu),
  ]
}

const cacheLines = (answer: FitAnswer, text: Text): readonly string[] => {
  const n = (value: number) => formatNumber(value)
  const { maxModelLen } = answer.settings
  const { kvBytesPerSequence: fixed } = answer
  return [
    text(
      `KV cache: ${n(answer.kvCacheTokens)} tokens as the start-up log prints them; ${formatNumber(answer.maxConcurrency, 3)} requests of ${n(maxModelLen)} tokens; longest that fits: ${n(answer.maxModelLenThatFits)}.`,
      `KV 快取：啟動紀錄會印出 ${n(answer.kvCacheTokens)} 個詞元；可容納 ${formatNumber(answer.maxConcurrency, 3)} 個長 ${n(maxModelLen)} 個詞元的請求；最長可放 ${n(answer.maxModelLenThatFits)}。`,
    ),
    text(
      `One request: ${n(answer.kvBytesPerToken)} bytes a token${fixed > 0 ? ` and ${n(Math.round(fixed))} whatever its length` : ''}.`,
      `單一請求：每詞元 ${n(answer.kvBytesPerToken)} 位元組${fixed > 0 ? `，另有固定 ${n(Math.round(fixed))} 位元組` : ''}。`,
    ),
  ]
}

const speedLines = ({ predicted }: FitAnswer, text: Text): readonly string[] => {
  if (!predicted) return []
  const row = (name: string, range: typeof predicted.tpotMs) =>
    `  ${name}${' '.repeat(Math.max(1, 24 - stringWidth(name)))}${range ? bandText(range) : '–'}`
  return [
    '',
    text('Predicted, with the range of four in five deployments', '預測值與五分之四部署所在的範圍'),
    row(text('TTFT ms', '首個詞元（毫秒）'), predicted.ttftMs),
    row(text('TPOT ms', '每個詞元（毫秒）'), predicted.tpotMs),
    row(text('output tokens/s', '每秒輸出詞元'), predicted.outputTokensPerSecond),
    row(text('requests/s', '每秒請求'), predicted.requestsPerSecond),
  ]
}

const bandText = ({ value, low, high }: NonNullable<FitAnswer['predicted']>['ttftMs']): string =>
  `${formatNumber(value, 3)} (${formatNumber(low, 3)}-${formatNumber(high, 3)})`
