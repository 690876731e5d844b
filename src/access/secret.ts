// The secret of a virtual key: made here, shown once, and known afterwards only by its hash.

import { hash, randomInt } from 'node:crypto'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const prefix = 'la-'
const randomLength = 32
const pattern = /^la-[A-Za-z0-9]{32}$/

/** `la-` and 32 random letters and digits: 190 bits, so that guessing is hopeless and a plain hash is enough. */
export const createSecret = (): string => {
  let secret = prefix
  for (let i = 0; i < randomLength; i++) secret += alphabet[randomInt(alphabet.length)]
  return secret
}

/** Whether a text has the form of a secret. */
export const isSecret = (text: string): boolean => pattern.test(text)

/** SHA-256 in hexadecimal: what is stored and looked up. */
export const hashSecret = (secret: string): string => hash('sha256', secret)
