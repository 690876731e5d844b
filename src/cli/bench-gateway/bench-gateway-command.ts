// `bench gateway`: what the gateway costs beside a direct call, a bare dispatch proxy, nginx and the gateways of others.

import type { Command } from 'commander'
import { benchReport, benchText } from '../bench-report.js'
import type { CommandContext } from '../command-context.js'
import { numberOption, portOption, wordOption } from '../option-values.js'
import { benchGateway } from './bench-gateway.js'
import { type PeerOptions, peersOf } from './peer-options.js'

interface Options extends PeerOptions {
  readonly rounds: number
  readonly seconds: number
  readonly connections: number
  readonly rate: number
  readonly streams: number
  readonly upstreamPort: number
  readonly guards: 'observe' | 'redact'
}

export const registerBenchGateway = (bench: Command, context: CommandContext): void => {
  const { text } = context
  const number = (option: string, least: number, most: number, whole = true) =>
    numberOption(text, { option, least, most, whole })
  const command = bench
    .command('gateway')
    .description(
      text(
        'Throughput and added latency of the gateway, interleaved with a bare proxy and with --peer gateways',
        '閘道的吞吐量與增加的延遲，與最簡代理及 --peer 所列閘道交錯測量',
      ),
    )
    .option('--rounds <n>', text('rounds', '輪數'), number('--rounds', 1, 100), 5)
    .option(
      '--seconds <n>',
      text('of each measurement', '每次測量的秒數'),
      number('--seconds', 0.1, 600, false),
      3,
    )
    .option(
      '--connections <n>',
      text('of the closed loop', '封閉迴路的連線數'),
      number('--connections', 1, 512),
      16,
    )
    .option(
      '--rate <n>',
      text('requests/s of the open loop', '開放迴路每秒請求數'),
      number('--rate', 1, 20_000),
      500,
    )
    .option(
      '--streams <n>',
      text('paced streams at once', '同時進行的定速串流數'),
      number('--streams', 1, 512),
      64,
    )
    .option(
      '--guards <mode>',
      text('what guards do to answers: observe or redact', '防護對回答的處理：observe 或 redact'),
      wordOption(text, '--guards', ['observe', 'redact'] as const),
      'redact',
    )
    .option(
      '--upstream-port <port>',
      text('of the mock upstream, for peers', '模擬上游的連接埠，供對照閘道使用'),
      portOption(text),
      0,
    )
  command
    .option(
      '--peer <name=url...>',
      text('a gateway in front of the mock upstream', '位於模擬上游前的另一個閘道'),
    )
    .option(
      '--peer-model <name=model...>',
      text('the model it is asked for; default mock', '向其要求的模型，預設 mock'),
    )
    .option('--peer-header <name=header:value...>', text('a header of requests to it', '送給它的請求標頭'))
    .action(async ({ rate, guards, ...options }: Options) => {
      const peers = peersOf(options)
      const { metrics, boundToCores, nginx } = await benchGateway(
        { ...options, perSecond: rate, guardMode: guards, peers },
        context,
      )
      const { rounds, seconds, connections, streams } = options
      const facts = { rounds, seconds, connections, perSecond: rate, streams, guards, boundToCores, nginx }
      const report = benchReport('gateway', metrics, facts)
      context.terminal().result(report, () => benchText(report, context))
    })
}
