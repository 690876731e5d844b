// What kind of text a source is, told from its first characters. Knows no format of a log.

export type TextKind =
  | { readonly kind: 'metrics' }
  | { readonly kind: 'lines' }
  | { readonly kind: 'objects'; readonly depth: 0 | 1 | 2 }
  | { readonly kind: 'csv'; readonly delimiter: string }
  | { readonly kind: 'unknown' }

/** Characters that are enough to tell, long prompts on the first line included. */
export const sniffLength = 1024 * 1024

/** An object that begins with plain values and then holds the rows in an array. */
const page =
  /^\{\s*(?:"[^"]*"\s*:\s*(?:"(?:[^"\\]|\\.)*"|[\d.eE+-]+|true|false|null)\s*,\s*)*"(?:data|results|rows|logs|items|requests)"\s*:\s*\[/

/** @param head the first characters; the whole source where it is shorter */
export const sniffText = (head: string): TextKind => {
  const text = head.replace(/^\uFEFF/, '').trimStart()
  const [line = ''] = text.split('\n', 1)
  if (text.startsWith('[')) return { kind: 'objects', depth: 1 }
  if (text.startsWith('{')) {
    if (isJson(line)) return { kind: 'lines' }
    if (page.test(text) && !/^\{[^[{]*"start_time"/.test(text)) return { kind: 'objects', depth: 2 }
    // A first line that is broken is no reason to lose the lines after it.
    return isJson(text.split('\n')[1] ?? '') ? { kind: 'lines' } : { kind: 'objects', depth: 0 }
  }
  if (/^# (HELP|TYPE) /m.test(text) || /^[a-zA-Z_:][\w:]*(\{[^}\n]*\})? +[-+]?[\d.]/.test(text))
    return { kind: 'metrics' }
  // Log lines of other programs may come before the first JSON.
  if (text.split('\n', 20).some((other) => other.startsWith('{') && isJson(other))) return { kind: 'lines' }
  return csvKind(line)
}

const isJson = (text: string): boolean => {
  if (!text.trim().startsWith('{')) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    // That it is none is the answer.
    return false
  }
}

const csvKind = (header: string): TextKind => {
  const [delimiter, count] = [',', '\t', ';']
    .map((candidate) => [candidate, header.split(candidate).length - 1] as const)
    .reduce((best, candidate) => (candidate[1] > best[1] ? candidate : best))
  return count > 0 ? { kind: 'csv', delimiter } : { kind: 'unknown' }
}
