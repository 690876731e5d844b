// What is said about this machine, in both languages.

import { defineMessages, formatNumber, formatUsd, messageFactory } from '../../core/index.js'

const shown = (models: readonly string[], comma: string, more: (count: number) => string) =>
  [...models.slice(0, 4), ...(models.length > 4 ? [more(models.length - 4)] : [])].join(comma)

export const machineMessages = defineMessages({
  'planner.engine-found': {
    en: (p: { engine: string; address: string; models: string[] }) =>
      `${p.engine} answers at ${p.address} with ${shown(p.models, ', ', (count) => `${formatNumber(count)} more`)}.`,
    'zh-TW': (p) =>
      `${p.engine} 在 ${p.address} 運作中，模型有 ${shown(p.models, '、', (count) => `另有 ${formatNumber(count)} 個`)}。`,
  },
  'planner.key-found': {
    en: (p: { provider: string; variable: string; model: string; inputUsd: number; outputUsd: number }) =>
      `${p.variable} is set: ${p.model} at ${p.provider} would cost ${formatUsd(p.inputUsd)} in and ${formatUsd(p.outputUsd)} out per million tokens.`,
    'zh-TW': (p) =>
      `已設定 ${p.variable}：${p.provider} 的 ${p.model} 每百萬詞元輸入 ${formatUsd(p.inputUsd)}、輸出 ${formatUsd(p.outputUsd)}。`,
  },
  'planner.no-built-in-engine': {
    en: (p: { kind: string }) =>
      `No built-in engine serves ${p.kind} without documents: name an engine with --engine, or give useCase.knowledge.`,
    'zh-TW': (p) =>
      `沒有文件時，內建引擎無法處理 ${p.kind}：請用 --engine 指定引擎，或提供 useCase.knowledge。`,
  },
  'planner.engine-not-found': {
    en: (p: { name: string; known: string[] }) =>
      `There is no engine "${p.name}" on this machine. ${p.known.length > 0 ? `Found: ${p.known.join(', ')}.` : 'None was found; start one, or set the key of a provider.'}`,
    'zh-TW': (p) =>
      `這台機器上沒有引擎「${p.name}」。${p.known.length > 0 ? `找到的有：${p.known.join('、')}。` : '沒有找到任何引擎；請啟動一個，或設定供應商的金鑰。'}`,
  },
})

export const machineMessage = messageFactory(machineMessages)
