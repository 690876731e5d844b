// Takes secrets out of one line of JSON log text. It looks at the finished line, so no field, nested error or
// message can get past it. Knows the shapes of secrets, not which one is valid.

const mark = '[redacted]'

/** Values that are secret by their own shape, wherever they stand. */
const shapes: readonly (readonly [RegExp, string])[] = [
  // Virtual keys of this product; `access` makes them.
  [/\bla-[A-Za-z0-9]{16,}/g, `la-${mark}`],
  // OpenAI (`sk-`, `sk-proj-`), Anthropic (`sk-ant-`) and others that follow them.
  [/\bsk-[A-Za-z0-9_-]{16,}/g, `sk-${mark}`],
  [/\b(?:hf_|gsk_|ghp_|xai-|AIza)[A-Za-z0-9_-]{16,}/g, mark],
  // RFC 9110 credentials: scheme, then one token.
  [/\b(Bearer|Basic) +[A-Za-z0-9._~+/=-]{6,}/gi, `$1 ${mark}`],
  // RFC 3986 userinfo: postgres://user:password@host
  [/(:\/\/[^\s:/?#"\\]*):[^\s@"\\]+@/g, `$1:${mark}@`],
]

const names =
  '[\\w.-]*(?:authorization|api[-_]?key|passw(?:or)?d|secret|(?:secret|private)[-_]?key|credential|cookie|access[-_]?token|admin[-_]?token|auth[-_]?token)s?'

/** `"name":"value"` with a telling name; and the same once escaped, as it stands inside a quoted body. */
const fields: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`("${names}"\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*"`, 'gi'), `$1"${mark}"`],
  [new RegExp(`(\\\\"${names}\\\\"\\s*:\\s*)\\\\"(?:[^"\\\\]|\\\\[^"])*\\\\"`, 'gi'), `$1\\"${mark}\\"`],
]

/**
 * Replaces every secret in a line of JSON by `[redacted]`; the line stays valid JSON.
 * A secret counts as one by its shape (virtual keys, provider keys, bearer tokens, passwords in addresses) or by
 * the name of its field.
 */
export const redactLine = (line: string): string => {
  let clean = line
  for (const [pattern, replacement] of shapes) clean = clean.replace(pattern, replacement)
  for (const [pattern, replacement] of fields) clean = clean.replace(pattern, replacement)
  return clean
}
