// Bytes to a JSON value, with every refusal a message that says where. Knows nothing of HTTP.

import { isUtf8 } from 'node:buffer'
import { findJsonError } from './find-json-error.js'
import { gatewayError } from './messages.js'

/** Deeper documents are refused: later walks over them recurse. */
export const maxJsonDepth = 128
/** Objects and arrays of one document: each costs about 50 bytes of heap for the two it takes in a body. */
export const maxJsonContainers = 100_000

const byteOrderMark = 0xefbbbf

/**
 * @throws gateway.body-empty, gateway.body-not-utf8, gateway.body-byte-order-mark, gateway.body-too-deep,
 * gateway.body-too-complex, gateway.body-not-json
 */
export const parseJson = (bytes: Buffer): unknown => {
  if (bytes.length === 0) throw gatewayError('gateway.body-empty', {})
  if (!isUtf8(bytes)) throw gatewayError('gateway.body-not-utf8', { position: firstInvalidByte(bytes) })
  // RFC 8259, section 8.1: JSON that is sent must not begin with one. Engines that get the bytes would refuse them.
  if (bytes.readUIntBE(0, Math.min(3, bytes.length)) === byteOrderMark)
    throw gatewayError('gateway.body-byte-order-mark', {})
  refuseNesting(bytes)
  const text = bytes.toString('utf8')
  try {
    return JSON.parse(text)
  } catch (cause) {
    const fault = findJsonError(text) ?? { position: 0, line: 1, column: 1, expected: 'value' as const }
    throw gatewayError('gateway.body-not-json', fault, { cause })
  }
}

/** Counts brackets outside strings before anything is built from them, so that memory stays bounded. */
const refuseNesting = (bytes: Buffer) => {
  let depth = 0
  let containers = 0
  let inString = false
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]
    if (inString) {
      if (byte === 0x5c) i++
      else if (byte === 0x22) inString = false
    } else if (byte === 0x22) inString = true
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > maxJsonDepth) throw gatewayError('gateway.body-too-deep', { limit: maxJsonDepth })
      if (++containers > maxJsonContainers)
        throw gatewayError('gateway.body-too-complex', { limit: maxJsonContainers })
    } else if (byte === 0x7d || byte === 0x5d) depth--
  }
}

/** Decoding and encoding again differs from the first invalid byte on, within the character that replaces it. */
const firstInvalidByte = (bytes: Buffer): number => {
  const again = Buffer.from(bytes.toString('utf8'), 'utf8')
  let at = 0
  while (at < bytes.length && bytes[at] === again[at]) at++
  while (at > 0 && isContinuation(again[at])) at--
  return at
}

const isContinuation = (byte: number | undefined) => byte !== undefined && (byte & 0xc0) === 0x80
