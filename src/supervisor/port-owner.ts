// Who listens on a port of this machine, as far as the kernel tells (Linux). Knows no protocol.

import { readdir, readFile, readlink } from 'node:fs/promises'
import { connect } from 'node:net'
import { isOfRecord } from './program-record.js'

/** Whether something accepts connections there. */
export const isListening = (host: string, port: number, timeoutMs = 1000): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs })
    const done = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => done(true))
    socket.once('timeout', () => done(false))
    socket.once('error', () => done(false))
  })

export interface Listener {
  /** `PID (command)`, or null where it cannot be known. */
  readonly by: string | null
}

/** What listens there already; undefined when nothing does, or only a program of ours that one of these notes is of. */
export const foreignListener = async (
  { host, port }: { readonly host: string; readonly port: number },
  recordFiles: readonly string[],
): Promise<Listener | undefined> => {
  if (!(await isListening(host, port))) return undefined
  const by = await portOwner(port)
  if (by === null) return { by }
  const pid = Number.parseInt(by, 10)
  const isOurs = await Promise.all(recordFiles.map((file) => isOfRecord(file, pid)))
  return isOurs.includes(true) ? undefined : { by }
}

/**
 * `PID (command)` of the process that listens on the port, or null where it cannot be known: without /proc, or where it
 * is another user's. What cannot be read of /proc has ended meanwhile, or is not for us to see.
 */
export const portOwner = async (port: number): Promise<string | null> => {
  const inodes = new Set((await Promise.all(['tcp', 'tcp6'].map((table) => listeners(table, port)))).flat())
  if (inodes.size === 0) return null
  for (const name of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(name) || !(await holdsOneOf(name, inodes))) continue
    const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')
    return `${name} (${command.split('\0').join(' ').trim().slice(0, 120)})`
  }
  return null
}

/** Source: proc_net(5), `/proc/net/tcp`: fields local address (hexadecimal), state (0A = listening), inode. */
const listeners = async (table: string, port: number): Promise<string[]> => {
  const text = await readFile(`/proc/net/${table}`, 'utf8').catch(() => '')
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return text.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/)
    return fields[1]?.endsWith(wanted) && fields[3] === '0A' && fields[9] ? [fields[9]] : []
  })
}

const holdsOneOf = async (pid: string, inodes: ReadonlySet<string>): Promise<boolean> => {
  for (const descriptor of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
    const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '')
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1]
    if (inode !== undefined && inodes.has(inode)) return true
  }
  return false
}
