// What is said before this machine is measured, and of what was measured.

import { formatNumber } from '../../core/index.js'
import type { CpuRates, LocalRates } from '../../planner/index.js'
import type { CommandContext } from '../command-context.js'

export const measuringText = (text: CommandContext['text']): string =>
  text(
    'Measuring how fast this machine runs models (a few seconds, once) …',
    '正在量測這台機器執行模型的速度（數秒，僅此一次）…',
  )

export const ratesText = (rates: LocalRates, text: CommandContext['text']): string => {
  const [memory, matrix] = [formatNumber(rates.memoryGBps), formatNumber(rates.matrixGflops)]
  const [token, prompt] = [formatNumber(rates.tokenOverheadMs), formatNumber(rates.promptOverheadMs)]
  return text(
    `one thread reads weights at ${memory} GB/s and multiplies matrices at ${matrix} GFLOP/s; ${token} ms beside that for each token, ${prompt} ms for each prompt`,
    `單一執行緒讀取權重 ${memory} GB/s、矩陣運算 ${matrix} GFLOP/s；另加每個詞元 ${token} 毫秒、每個提示 ${prompt} 毫秒`,
  )
}

export const cpuText = (
  { threads, bandwidthGBps, matrixGflops, by }: CpuRates,
  text: CommandContext['text'],
) => {
  const [memory, matrix] = [formatNumber(bandwidthGBps), formatNumber(matrixGflops)]
  return text(
    `for engines on the processor: ${memory} GB/s and ${matrix} GFLOP/s with ${threads} thread (${by}, 32-bit floats)`,
    `供在處理器上執行的引擎使用：${threads} 個執行緒 ${memory} GB/s、${matrix} GFLOP/s（${by}，32 位元浮點數）`,
  )
}
