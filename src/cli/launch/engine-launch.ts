// The engines that an architecture starts: one per command and address, however many deployments it answers for.
// Finds what is wrong with them before anything runs. Knows no process.

import { networkInterfaces } from 'node:os'
import { type FoundProgram, flagValue, launchProblem, programIn } from '../../catalog/index.js'
import { contentHash, type Message } from '../../core/index.js'
import type { Architecture, Deployment } from '../../spec/index.js'
import { resolveSecret, type SecretSource } from '../resolve-secret.js'
import { type InstalledPlaces, installedCommand } from './installed-command.js'

export interface EngineLaunch {
  /** Id of the first deployment it answers for; names its log. */
  readonly id: string
  readonly deployments: readonly string[]
  readonly command: readonly string[]
  /** What the architecture adds to its environment, with secrets in it. */
  readonly env: Readonly<Record<string, string>>
  /** Models to write Triton's repository for, before the start: folders of weights by name. */
  readonly models: Readonly<Record<string, string>>
  /** Where relative paths of the command start. */
  readonly cwd: string
  /** Undefined for a program that is not known: it is started all the same. */
  readonly found: FoundProgram | undefined
  /** Scheme, host and port. */
  readonly origin: string
  readonly host: string
  readonly port: number
  readonly readyUrl: string
  readonly metricsUrl: string | undefined
  readonly readyTimeoutMs: number
  /** Engines of one group share accelerators, and start one after the other. */
  readonly group: string
  /** Equal for two launches that need no restart between them. */
  readonly fingerprint: string
}

export interface PlannedLaunches {
  readonly launches: readonly EngineLaunch[]
  readonly problems: readonly Message[]
}

/** @throws `cli.secret-missing` */
export const planLaunches = (
  { deployments }: Pick<Architecture, 'deployments'>,
  places: SecretSource & InstalledPlaces,
): PlannedLaunches => {
  const launches: EngineLaunch[] = []
  const problems: Message[] = []
  for (const deployment of deployments) {
    if (!deployment.launch) continue
    if (deployment.address === undefined) {
      problems.push(launchProblem('engine.address-missing', { deployment: deployment.id }))
      continue
    }
    const launch = launchOf(deployment, deployment.address, places)
    problems.push(...addressProblems(launch))
    const place = launches.findIndex(({ port }) => port === launch.port)
    const known = launches[place]
    if (known?.fingerprint === launch.fingerprint)
      launches[place] = { ...known, deployments: [...known.deployments, deployment.id] }
    else if (known)
      problems.push(
        launchProblem('engine.port-shared', {
          deployment: launch.id,
          other: known.id,
          address: launch.origin,
        }),
      )
    else launches.push(launch)
  }
  return { launches, problems }
}

const launchOf = (
  deployment: Deployment,
  address: string,
  places: SecretSource & InstalledPlaces,
): EngineLaunch => {
  const { command: asked = [], env = {}, models, readyTimeoutSeconds = 600 } = deployment.launch ?? {}
  const { command, env: needed } = installedCommand(asked, places)
  const url = new URL(address)
  const found = programIn(command)
  const resolved = Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      /^\$\{(env|file):/.test(value)
        ? resolveSecret(value, `deployment ${deployment.id}, launch.env.${name}`, places)
        : value,
    ]),
  )
  const fingerprint = contentHash(JSON.stringify([command, resolved, models, url.origin]))
  return {
    id: deployment.id,
    deployments: [deployment.id],
    command,
    env: { ...needed, ...resolved },
    models: models ?? {},
    cwd: places.directory,
    found,
    origin: url.origin,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
    readyUrl: found ? `${url.origin}${found.program.readyPath}` : `${address.replace(/\/$/, '')}/models`,
    metricsUrl: metricsUrlOf(url, command, found),
    readyTimeoutMs: readyTimeoutSeconds * 1000,
    group: deployment.hardware?.sharesWith ?? deployment.id,
    fingerprint: fingerprint.slice(fingerprint.indexOf(':') + 1).slice(0, 16),
  }
}

const metricsUrlOf = (address: URL, command: readonly string[], found: FoundProgram | undefined) => {
  if (!found) return undefined
  const url = new URL('/metrics', address)
  const { metricsPort } = found.program
  if (metricsPort) url.port = flagValue(command, [metricsPort.flag]) ?? String(metricsPort.initial)
  return url.href
}

const addressProblems = ({ id, command, found, origin, host, port }: EngineLaunch): readonly Message[] => {
  const problems: Message[] = []
  if (!isLocal(host))
    problems.push(launchProblem('engine.address-not-local', { deployment: id, address: origin }))
  const written = found && flagValue(command, found.program.portFlags)
  if (written !== undefined && Number(written) !== port)
    problems.push(
      launchProblem('engine.port-differs', { deployment: id, address: origin, port: Number(written) }),
    )
  return problems
}

const isLocal = (host: string): boolean =>
  host === 'localhost' ||
  host === '::1' ||
  host.startsWith('127.') ||
  Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === host))
