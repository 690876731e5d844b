// The text of a file's bytes. Knows the encodings that documents come in, and guesses none.

import { ragError } from './messages.js'

/** How far the HTML standard looks for a `meta` tag that names the encoding. */
const metaWithinBytes = 1024
const metaCharset = /<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]{1,40})/i

/**
 * Decodes a file. A byte order mark decides, then (of a page) the `meta` tag, then UTF-8 is assumed. Line ends
 * become `\n`, and the byte order mark is left out.
 * @throws `rag.file-not-text`
 */
export const decodeText = (bytes: Uint8Array, { isHtml }: { readonly isHtml: boolean }): string => {
  const encoding = encodingOf(bytes, isHtml)
  const text = decode(bytes, encoding)
  if (text === undefined || text.includes('\0')) throw ragError('rag.file-not-text', { encoding })
  return text.replace(/\r\n?/g, '\n')
}

const encodingOf = (bytes: Uint8Array, isHtml: boolean): string => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8'
  if (!isHtml) return 'utf-8'
  const head = Buffer.from(bytes.subarray(0, metaWithinBytes)).toString('latin1')
  return metaCharset.exec(head)?.[1]?.toLowerCase() ?? 'utf-8'
}

const decode = (bytes: Uint8Array, encoding: string): string | undefined => {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    // Bytes that are not of this encoding, or an encoding that nobody knows: refused by the caller.
    return undefined
  }
}
