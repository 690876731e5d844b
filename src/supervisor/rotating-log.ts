// A log file of bounded size: when it is full it becomes NAME.1, and a new one begins. Knows no line.

import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

export interface RotatingLog {
  /** Never throws: a full disk costs the log, not the program whose log it is. */
  write(bytes: Uint8Array): void
  close(): void
}

export interface RotatingLogOptions {
  readonly path: string
  /** Of one file; there are two. Default 8 MiB. */
  readonly maxBytes?: number
}

/** Appends to the file; only its owner may read it, for programs print what they were given. */
export const openRotatingLog = ({ path, maxBytes = 8 * 1024 * 1024 }: RotatingLogOptions): RotatingLog => {
  let file: number | undefined
  let bytes = 0
  const open = () => {
    mkdirSync(dirname(path), { recursive: true })
    file = openSync(path, 'a', 0o600)
    bytes = fstatSync(file).size
  }
  const close = () => {
    if (file !== undefined) closeSync(file)
    file = undefined
  }
  return {
    write: (chunk) => {
      try {
        if (file === undefined) open()
        if (bytes > 0 && bytes + chunk.length > maxBytes) {
          close()
          renameSync(path, `${path}.1`)
          open()
        }
        const part = chunk.subarray(0, maxBytes)
        if (file !== undefined) bytes += writeSync(file, part)
      } catch {
        // These bytes are lost; the next ones try the file afresh.
        close()
      }
    },
    close,
  }
}
