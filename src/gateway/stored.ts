// What goes to the rooms of files and batches, and how their failures come back, in words for a client.

import { ArchitectError } from '../core/index.js'
import { gatewayError } from './messages.js'

/** @throws gateway.storing-failed, and what the rooms of files and batches, or the gateway itself, refuse */
export const stored = async <T>(answer: Promise<T>): Promise<T> => {
  try {
    return await answer
  } catch (cause) {
    if (cause instanceof ArchitectError && /^(files|gateway)\./.test(cause.code)) throw cause
    throw gatewayError('gateway.storing-failed', {}, { retryable: true, cause })
  }
}

/** A name that a client gives, as the database can look for it: no text there holds U+0000. */
export const nameOf = (given: string): string => given.replaceAll('\0', '\ufffd')
