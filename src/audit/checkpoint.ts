// A checkpoint: how far the chain had come at a time, signed. Whoever keeps one elsewhere can tell that what it covers
// is still there, even from somebody who can write the log anew.

import { type KeyObject, sign, verify } from 'node:crypto'
import { z } from 'zod'
import type { Position } from './audit-line.js'

const checkpointSchema = z.object({
  n: z.int().nonnegative(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.string(),
  /** Ed25519 of `signedText`, in base64. */
  signature: z.string(),
})

export type Checkpoint = z.infer<typeof checkpointSchema>

const signedText = ({ n, hash, at }: Omit<Checkpoint, 'signature'>) =>
  Buffer.from(`llm-architect audit checkpoint v1\n${n}\n${hash}\n${at}\n`)

export const signCheckpoint = ({ n, hash }: Position, atMs: number, key: KeyObject): Checkpoint => {
  const said = { n, hash, at: new Date(atMs).toISOString() }
  return { ...said, signature: sign(null, signedText(said), key).toString('base64') }
}

export const isSignedBy = (checkpoint: Checkpoint, key: KeyObject): boolean =>
  verify(null, signedText(checkpoint), key, Buffer.from(checkpoint.signature, 'base64'))

/** @returns undefined for what is no checkpoint */
export const parseCheckpoint = (text: string): Checkpoint | undefined => {
  try {
    return checkpointSchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
