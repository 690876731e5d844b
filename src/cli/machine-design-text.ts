// The system of this machine for people: each engine with what it stands for, and what else was found here.

import { formatNumber } from '../core/index.js'
import type { MachineDesign, MachineFacts } from '../planner/index.js'
import type { CommandContext } from './command-context.js'

export const machineDesignText = (
  local: MachineDesign,
  machine: MachineFacts,
  { text, terminal }: CommandContext,
): string =>
  [
    text(
      `${machine.cores} cores (${machine.cpuModel}), ${machine.memoryGiB} GiB memory, speed ${machine.speedScore} of the reference core`,
      `${machine.cores} 核心（${machine.cpuModel}）、記憶體 ${machine.memoryGiB} GiB、速度為參考核心的 ${machine.speedScore} 倍`,
    ),
    ...(local.architecture?.deployments ?? []).map(({ id, engine, model, standsFor }) =>
      text(
        `  ${id}: ${engine} ${model}${standsFor ? `, standing in for ${standsFor}` : ''}`,
        `  ${id}：${engine} ${model}${standsFor ? `，代替 ${standsFor}` : ''}`,
      ),
    ),
    ...[...local.reasons, ...local.hints.map(({ message }) => message)].map(
      (message) => `  ${terminal().render(message)}`,
    ),
    text('Predicted for this machine:', '對這台機器的預測：'),
    ...local.predictions.map(
      ({ id, value, unit, low, high }) =>
        `  ${id}: ${formatNumber(value)} ${unit} (${low === null ? '?' : formatNumber(low)} - ${high === null ? '?' : formatNumber(high)})`,
    ),
  ].join('\n')
