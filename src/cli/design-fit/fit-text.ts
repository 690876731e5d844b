// The answer of `design fit` for people: yes or no, why, then the memory of one accelerator line by line.

import stringWidth from 'string-width'
import { counted, formatNumber } from '../../core/index.js'
import { type FitAnswer, type FitRequest, isRefusal } from '../../planner/index.js'
import type { CommandContext } from '../command-context.js'

type Text = CommandContext['text']

export const fitText = (
  request: FitRequest,
  answer: FitAnswer,
  { text, warnings }: { readonly text: Text; readonly warnings: readonly string[] },
): string => {
  const parts = [
    [verdictLine(request, answer, text), settingsLine(request, answer, text)],
    // What is refused whatever the memory has neither weights nor a cache anywhere.
    ...(isRefusal(answer.limitedBy) ? [] : [memoryLines(request, answer, text), cacheLines(answer, text)]),
    speedLines(answer, text),
    warnings.map((warning) => `- ${warning}`),
  ]
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
}

const verdictLine = (request: FitRequest, answer: FitAnswer, text: Text) => {
  const { model, count, card } = request
  const { fits, limitedBy, missingGiBPerGpu } = answer
  const where = `${count} x ${card.label}`
  if (fits) return text(`It fits: ${model.name} on ${where}.`, `放得下：${model.name}，${where}。`)
  const limit = limitText(limitedBy, text)
  if (isRefusal(limitedBy) || limitedBy === 'context' || limitedBy === 'max-num-seqs')
    return text(
      `It does not start (${limit}): ${model.name} on ${where}.`,
      `無法啟動（${limit}）：${model.name}，${where}。`,
    )
  if (limitedBy === 'max-model-len')
    return text(
      `The load does not fit (${limit}): ${model.name} on ${where}.`,
      `負載放不下（${limit}）：${model.name}，${where}。`,
    )
  const short = missingGiBPerGpu === null ? null : shortText(missingGiBPerGpu, answer, text)
  return text(
    `It does not fit (${limit}${short === null ? '' : `, ${short}`}): ${model.name} on ${where}.`,
    `放不下（${limit}${short === null ? '' : `，${short}`}）：${model.name}，${where}。`,
  )
}

const shortText = (missing: number, { settings }: FitAnswer, text: Text): string => {
  const isOne = settings.tensorParallel * settings.pipelineParallel === 1
  const gib = formatNumber(missing)
  return isOne
    ? text(`${gib} GiB short`, `缺 ${gib} GiB`)
    : text(`${gib} GiB short on each accelerator`, `每個加速器缺 ${gib} GiB`)
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
  const { engineVersion, engineVersionFrom, tensorParallel, pipelineParallel } = settings
  const { maxNumBatchedTokens, maxNumSeqs } = settings
  const isAssumed = engineVersionFrom === 'assumed'
  return text(
    `${engine} ${engineVersion}${isAssumed ? ' (assumed)' : ''}, tensor parallel ${tensorParallel}, pipeline ${pipelineParallel}, ${counted(maxNumBatchedTokens, 'token', 'tokens', 9)} and ${counted(maxNumSeqs, 'sequence', 'sequences', 9)} a step`,
    `${engine} ${engineVersion}${isAssumed ? '（假設）' : ''}，張量平行 ${tensorParallel}，管線 ${pipelineParallel}，每步 ${formatNumber(maxNumBatchedTokens, 9)} 個詞元與 ${formatNumber(maxNumSeqs, 9)} 個序列`,
  )
}

const memoryLines = (request: FitRequest, answer: FitAnswer, text: Text): readonly string[] => {
  const { engine } = request
  const row = (name: string, value: number) =>
    `  ${name}${' '.repeat(Math.max(1, 36 - stringWidth(name)))} ${value.toFixed(2).padStart(8)} GiB`
  const some = (name: string, value: number) => (value > 0 ? [row(name, value)] : [])
  const isVllm = engine === 'vllm'
  const runtime = some(text('runtime and communication', '執行環境與通訊'), answer.runtimeGiBPerGpu)
  const peak = isVllm ? text('peak of the start-up run', '啟動試跑的峰值') : text('widest step', '最大的一步')
  return [
    text('Memory of one accelerator', '單一加速器的記憶體'),
    // SGLang takes its share of what the runtime leaves.
    ...(engine === 'sglang' ? runtime : []),
    row(...budgetOf(request, answer, text)),
    row(text('weights', '權重'), answer.weightsGiBPerGpu),
    ...some(peak, answer.activationsGiBPerGpu),
    ...(engine === 'sglang' ? [] : runtime),
    ...some(text('CUDA graphs', 'CUDA 圖'), answer.graphsGiBPerGpu),
    answer.availableKvGiBPerGpu > 0
      ? row(leftText(request, answer, text), answer.availableKvGiBPerGpu)
      : row(text('missing', '不足'), -answer.availableKvGiBPerGpu),
  ]
}

/** With a fixed cache there is no budget, only the card. */
const budgetOf = (
  { engine, kvCacheMemoryBytes }: FitRequest,
  { settings, budgetGiBPerGpu }: FitAnswer,
  text: Text,
): readonly [string, number] => {
  const { gpuMemoryUtilization: share, gpuMemoryGiB } = settings
  if (engine === 'trtllm' || kvCacheMemoryBytes !== undefined) return [text('memory', '記憶體'), gpuMemoryGiB]
  const of = (engine === 'sglang' ? budgetGiBPerGpu / share : gpuMemoryGiB).toFixed(2)
  return [text(`budget (${share} x ${of})`, `可用額度（${share} x ${of}）`), budgetGiBPerGpu]
}

const leftText = (
  { engine, kvCacheMemoryBytes }: FitRequest,
  { settings: { gpuMemoryUtilization: share } }: FitAnswer,
  text: Text,
): string => {
  if (kvCacheMemoryBytes !== undefined) return text('KV cache, as given', 'KV 快取（指定值）')
  return engine === 'trtllm'
    ? text(`KV cache (${share} of the rest)`, `KV 快取（其餘的 ${share}）`)
    : text('left for the KV cache', '留給 KV 快取')
}

const cacheLines = (answer: FitAnswer, text: Text): readonly string[] => {
  const n = (value: number) => formatNumber(value)
  const { kvBytesPerSequence: fixed } = answer
  return [
    ...(answer.kvCacheTokens > 0 ? [poolText(answer, text)] : []),
    text(
      `One request: ${n(answer.kvBytesPerToken)} bytes a token${fixed > 0 ? ` and ${n(Math.round(fixed))} whatever its length` : ''}.`,
      `單一請求：每詞元 ${n(answer.kvBytesPerToken)} 位元組${fixed > 0 ? `，另有固定 ${n(Math.round(fixed))} 位元組` : ''}。`,
    ),
  ]
}

const poolText = ({ settings, ...answer }: FitAnswer, text: Text): string => {
  const [tokens, length] = [formatNumber(answer.kvCacheTokens), formatNumber(settings.maxModelLen)]
  const longest = formatNumber(answer.maxModelLenThatFits)
  const held = formatNumber(answer.maxConcurrency)
  const isOne = held === '1'
  return text(
    `KV cache: ${tokens} tokens as the start-up log prints them; ${answer.maxConcurrency >= 1 ? `${held} ${isOne ? 'request' : 'requests'} of ${length} tokens` : `less than one request of ${length} tokens`}; ${answer.maxModelLenThatFits > 0 ? `longest that fits: ${longest}` : 'no length fits'}.`,
    `KV 快取：啟動紀錄會印出 ${tokens} 個詞元；${answer.maxConcurrency >= 1 ? `可容納 ${held} 個長 ${length} 個詞元的請求` : `容納不下一個長 ${length} 個詞元的請求`}；${answer.maxModelLenThatFits > 0 ? `最長可放 ${longest}` : '任何長度都放不下'}。`,
  )
}

const speedLines = ({ predicted }: FitAnswer, text: Text): readonly string[] => {
  if (!predicted) return []
  const row = (name: string, range: typeof predicted.tpotMs) =>
    `  ${name}${' '.repeat(Math.max(1, 24 - stringWidth(name)))}${range ? bandText(range) : '–'}`
  return [
    text('Predicted, with the range of four in five deployments', '預測值與五分之四部署所在的範圍'),
    row(text('TTFT ms', '首個詞元（毫秒）'), predicted.ttftMs),
    row(text('TPOT ms', '每個詞元（毫秒）'), predicted.tpotMs),
    row(text('output tokens/s', '每秒輸出詞元'), predicted.outputTokensPerSecond),
    row(text('requests/s', '每秒請求'), predicted.requestsPerSecond),
  ]
}

/** What is asked for and served for certain has no range. */
const bandText = ({ value, low, high }: NonNullable<FitAnswer['predicted']>['ttftMs']): string =>
  low === high
    ? formatNumber(value, 3)
    : `${formatNumber(value, 3)} (${formatNumber(low, 3)}-${formatNumber(high, 3)})`
