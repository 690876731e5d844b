// `bench`: the product's own yardsticks on data the user names. Each is one entry of the table; what they print has
// one shape.

import type { Command } from 'commander'
import { registerBenchGateway } from './bench-gateway/bench-gateway-command.js'
import { registerBenchPlanner } from './bench-planner-command.js'
import { registerBenchRetrieval } from './bench-retrieval-command.js'
import type { CommandContext } from './command-context.js'

const benches = [registerBenchGateway, registerBenchPlanner, registerBenchRetrieval]

export const registerBench = (program: Command, context: CommandContext): void => {
  const bench = program
    .command('bench')
    .description(context.text('Measure the product on data of your own', '以您自己的資料測量本產品'))
  for (const register of benches) register(bench, context)
}
