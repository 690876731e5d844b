// HMAC-SHA256 (RFC 2104) by two one-shot hashes, which take a fifth of the time of an Hmac object and leave none behind.

import { hash, type KeyObject } from 'node:crypto'

const blockBytes = 64

/** @param key of 32 to 64 bytes @returns the digest of a content, in hexadecimal */
export const createKeyedDigest = (key: KeyObject): ((content: Uint8Array) => string) => {
  const block = Buffer.alloc(blockBytes)
  block.set(key.export())
  const inner = block.map((byte) => byte ^ 0x36)
  const outer = Buffer.concat([block.map((byte) => byte ^ 0x5c), Buffer.alloc(32)])
  return (content) => {
    outer.set(hash('sha256', Buffer.concat([inner, content]), 'buffer'), blockBytes)
    return hash('sha256', outer, 'hex')
  }
}
