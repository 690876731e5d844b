// A document as its leaves: each value by its path. Items of a list are named by their id where they have one.

/** Values by path; a list of words, as a command, stays whole and is told flag by flag. */
export const flatValues = (node: unknown, path = ''): ReadonlyMap<string, string> => {
  if (Array.isArray(node)) {
    if (node.every((item) => typeof item === 'string')) return wordValues(node, path)
    return merged(node.map((item, i) => flatValues(item, `${path}[${nameOf(item) ?? i}]`)))
  }
  if (node !== null && typeof node === 'object')
    return merged(
      Object.entries(node).map(([key, value]) => flatValues(value, path === '' ? key : `${path}.${key}`)),
    )
  return new Map([[path, String(node)]])
}

const nameOf = (item: unknown): string | undefined => {
  const { id, name } = (item ?? {}) as { id?: unknown; name?: unknown }
  return typeof id === 'string' ? id : typeof name === 'string' ? name : undefined
}

const merged = (maps: readonly ReadonlyMap<string, string>[]): ReadonlyMap<string, string> =>
  new Map(maps.flatMap((map) => [...map]))

/** A command by its flags, another list as it stands. */
const wordValues = (words: readonly string[], path: string): ReadonlyMap<string, string> => {
  if (!words.some((word) => word.startsWith('--'))) return new Map([[path, words.join(' ')]])
  const first = words.findIndex((word) => word.startsWith('--'))
  const values = new Map([[path, words.slice(0, first).join(' ')]])
  for (let i = first; i < words.length; i++) {
    const [flag = '', ...inline] = (words[i] ?? '').split('=')
    if (!flag.startsWith('--')) continue
    const next = words[i + 1]
    const value =
      inline.length > 0 ? inline.join('=') : next === undefined || next.startsWith('--') ? 'on' : next
    // `--backend-config` stands once for each field.
    const key = `${path} ${flag}`
    values.set(key, values.has(key) ? `${values.get(key)}, ${value}` : value)
  }
  return values
}
