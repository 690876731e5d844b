// Why a load test cannot have been of the deployment, in both languages.

import { formatNumber } from '../../core/index.js'
import type { FitRequest, ImpossibleTest } from '../../planner/index.js'
import type { CommandContext } from '../command-context.js'

export const impossibleText = (
  found: ImpossibleTest,
  { model, card }: Pick<FitRequest, 'model' | 'card'>,
  text: CommandContext['text'],
): string => {
  const point = found.index + 1
  if (found.kind === 'too-long') {
    const [tokens, context] = [formatNumber(found.tokens), formatNumber(found.context)]
    return text(
      `Point ${point}: prompt and answer have ${tokens} tokens; ${model.name} reads ${context}.`,
      `第 ${point} 個測點：提示與回答共 ${tokens} 個詞元；${model.name} 的上下文為 ${context}。`,
    )
  }
  const { metric, ms, leastMs } = found
  const [given, least] = [formatNumber(ms), formatNumber(leastMs)]
  const isSeconds = ms * 1000 >= leastMs
  return text(
    `Point ${point}: ${metric} is ${given} ms, but reading the weights of ${model.name} once takes ${card.label} ${least} ms. ${isSeconds ? `Were these seconds? Give ${formatNumber(ms * 1000)}.` : 'Check the unit, the model and the accelerators.'}`,
    `第 ${point} 個測點：${metric} 為 ${given} ms，但 ${card.label} 讀取一次 ${model.name} 的權重就需要 ${least} ms。${isSeconds ? `單位是否為秒？請改填 ${formatNumber(ms * 1000)}。` : '請檢查單位、模型與加速器。'}`,
  )
}
