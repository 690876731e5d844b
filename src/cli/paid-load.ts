// What a verification will cost where a deployment is paid by the token, and the consent it needs. An estimate from
// the requirements' own lengths; the ledger tells afterwards what it was.

import { existsSync, readFileSync } from 'node:fs'
import { confirm } from '@clack/prompts'
import { loadCatalogue } from '../catalog/index.js'
import { formatNumber, formatUsd } from '../core/index.js'
import { type Architecture, type Deployment, deploymentsOf, type Requirements } from '../spec/index.js'
import { type LoadProfile, suitePath } from '../verify/index.js'
import { providerEngine } from './check-providers.js'
import type { CommandContext } from './command-context.js'
import { cliError } from './messages.js'
import { packageFile } from './package-file.js'
import { createPriceBook } from './price-book.js'

export interface PaidLoad {
  readonly deployment: string
  readonly requests: number
  readonly usd: number
}

interface Verification {
  readonly architecture: Architecture
  readonly requirements: Requirements
  /** Folder of requirements.yaml. */
  readonly directory: string
  readonly profile: LoadProfile
}

/** The dearest paid deployment that the verification may ask; undefined when none costs anything. */
export const paidLoadOf = (verification: Verification): PaidLoad | undefined => {
  const { architecture, requirements } = verification
  const prices = createPriceBook(loadCatalogue())
  prices.use(architecture.deployments)
  const requests = requestsOf(verification)
  const { inputTokens, outputTokens } = requirements.scale.lengths
  const usage = {
    input: { total: inputTokens.p50 * requests, cacheRead: 0, cacheWrite: 0 },
    output: { total: outputTokens.p50 * requests, reasoning: 0 },
  }
  const asked = new Set(
    architecture.routes.flatMap(({ strategy }) => deploymentsOf(strategy).map(({ id }) => id)),
  )
  return architecture.deployments
    .filter((deployment) => asked.has(deployment.id) && isElsewhere(deployment))
    .map(({ id }) => ({ deployment: id, requests, usd: prices.price(id, usage)?.usd ?? 0 }))
    .filter(({ usd }) => usd > 0)
    .sort((a, b) => b.usd - a.usd)[0]
}

/** Providers of the AI SDK know where they are without an address. */
const isElsewhere = ({ engine, address }: Deployment) =>
  address === undefined ? engine === providerEngine : !isLoopback(address)

const isLoopback = (address: string) =>
  /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(address).hostname)

/** The load, and every row of every suite. */
const requestsOf = ({ requirements, directory, profile }: Verification): number => {
  const places = { suitesDirectory: directory, benchmarksDirectory: packageFile('benchmarks/data') }
  const load = profile.requestsPerSecond * (profile.warmupSeconds + profile.durationSeconds)
  const suites = [...requirements.quality.targets, ...requirements.safety.targets].map(({ suite, sample }) =>
    Math.min(sample ?? Number.POSITIVE_INFINITY, rowsOf(suitePath(suite, places))),
  )
  return Math.ceil(suites.reduce((sum, rows) => sum + rows, load))
}

const rowsOf = (path: string) =>
  existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line.trim() !== '').length
    : 0

/**
 * States the cost of a verification and asks. Does nothing where nothing is paid.
 * @throws `cli.cost-not-agreed` without a terminal and without `--yes`, or when the answer is no
 */
export const agreeToCost = async (
  load: PaidLoad | undefined,
  { yes, context }: { readonly yes: boolean; readonly context: CommandContext },
): Promise<void> => {
  if (!load) return
  const { text } = context
  const terminal = context.terminal()
  const cost = {
    requests: formatNumber(load.requests),
    usd: formatUsd(load.usd),
    deployment: load.deployment,
  }
  const statement = text(
    `The verification sends about ${cost.requests} requests to ${cost.deployment}, which will charge about ${cost.usd}.`,
    `驗證將送出約 ${cost.requests} 個請求到 ${cost.deployment}，費用約 ${cost.usd}。`,
  )
  terminal.note(statement)
  if (yes) return
  // A question on stdout would spoil the JSON there.
  const canAsk = terminal.isInteractive && !terminal.json
  const agreed = canAsk && (await confirm({ message: text('Go on?', '要繼續嗎？'), initialValue: false }))
  if (agreed !== true) throw cliError('cli.cost-not-agreed', cost)
}
