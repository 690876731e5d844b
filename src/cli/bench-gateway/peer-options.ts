// `--peer NAME=URL`, `--peer-model NAME=MODEL` and `--peer-header NAME=HEADER:VALUE`: gateways that somebody else has
// started in front of the mock upstream, asked beside ours.

import type { BenchTarget } from '../../verify/index.js'
import { cliError } from '../messages.js'

export interface PeerOptions {
  readonly peer?: readonly string[]
  readonly peerModel?: readonly string[]
  readonly peerHeader?: readonly string[]
}

export interface Peer {
  readonly name: string
  readonly target: BenchTarget
}

/** @throws `cli.bench-peer` naming the option that cannot be read */
export const peersOf = ({ peer = [], peerModel = [], peerHeader = [] }: PeerOptions): readonly Peer[] => {
  const names = new Set(peer.map((written) => pairOf('--peer', written, 'NAME=URL')[0]))
  const of = (option: string, written: string, form: string) => {
    const [name, value] = pairOf(option, written, form)
    if (!names.has(name)) throw unreadable(option, written, `${form}, NAME: --peer`)
    return [name, value] as const
  }
  const models = new Map(peerModel.map((written) => of('--peer-model', written, 'NAME=MODEL')))
  const headers = peerHeader.map((written) => {
    const [name, value] = of('--peer-header', written, 'NAME=HEADER:VALUE')
    const header = /^([A-Za-z0-9-]+): *(.+)$/.exec(value)
    if (!header?.[1] || !header[2]) throw unreadable('--peer-header', written, 'NAME=HEADER:VALUE')
    return { name, header: header[1], value: header[2] }
  })
  return peer.map((written) => {
    const [name, url] = pairOf('--peer', written, 'NAME=URL')
    if (!URL.canParse(url) || new URL(url).protocol !== 'http:')
      throw unreadable('--peer', written, 'NAME=http://HOST:PORT/v1')
    const own = headers.filter((header) => header.name === name)
    return { name, target: targetOf(url, models.get(name) ?? 'mock', own) }
  })
}

const pairOf = (option: string, written: string, form: string): readonly [string, string] => {
  const pair = /^([A-Za-z0-9_-]+)=(.+)$/.exec(written)
  if (!pair?.[1] || !pair[2]) throw unreadable(option, written, form)
  return [pair[1], pair[2]]
}

const unreadable = (option: string, written: string, form: string) =>
  cliError('cli.bench-peer', { option, written, form })

/** @param base such as `http://127.0.0.1:4000/v1` */
export const targetOf = (
  base: string,
  model: string,
  headers: readonly { readonly header: string; readonly value: string }[] = [],
): BenchTarget => {
  const { hostname, port, pathname } = new URL(base)
  return {
    host: hostname,
    port: Number(port || 80),
    path: `${pathname.replace(/\/+$/, '')}/chat/completions`,
    model,
    headers: Object.fromEntries(headers.map(({ header, value }) => [header.toLowerCase(), value])),
  }
}
