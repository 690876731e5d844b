// The two keys of an audit log, made when there are none: one signs checkpoints, the other makes digests that nobody can
// guess a request from. Both may be links to where the log's own disk does not reach.

import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { auditError } from './messages.js'

export interface AuditKeys {
  readonly signing: KeyObject
  readonly digest: KeyObject
}

export const publicKeyPath = (directory: string): string => join(directory, 'signing-key.pub.pem')

/** @throws audit.key-unreadable */
export const loadKeys = (directory: string): AuditKeys => {
  const signingPath = join(directory, 'signing-key.pem')
  const digestPath = join(directory, 'digest-key')
  if (!existsSync(signingPath)) {
    const { privateKey } = generateKeyPairSync('ed25519')
    keep(signingPath, String(privateKey.export({ type: 'pkcs8', format: 'pem' })))
  }
  if (!existsSync(digestPath)) keep(digestPath, `${randomBytes(32).toString('hex')}\n`)
  const signing = readKey(signingPath, (text) => createPrivateKey(text))
  const publicPath = publicKeyPath(directory)
  if (!existsSync(publicPath)) keep(publicPath, publicPem(signing))
  return { signing, digest: readKey(digestPath, digestKeyOf) }
}

const publicPem = (signing: KeyObject) =>
  String(createPublicKey(signing).export({ type: 'spki', format: 'pem' }))

const keep = (path: string, text: string) => writeFileSync(path, text, { mode: 0o600, flag: 'wx' })

const digestKeyOf = (text: string): KeyObject => {
  const bytes = Buffer.from(text.trim(), 'hex')
  if (bytes.length < 32 || bytes.length > 64) throw new Error('it does not hold 64 to 128 hexadecimal digits')
  return createSecretKey(bytes)
}

/** @throws audit.key-unreadable */
export const readPublicKey = (path: string): KeyObject => readKey(path, (text) => createPublicKey(text))

const readKey = (path: string, parse: (text: string) => KeyObject): KeyObject => {
  try {
    return parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw auditError('audit.key-unreadable', { path, reason }, { cause })
  }
}
