// The header in which a server wants its key.

/** `authorization` carries it as a bearer token, the others as it is. */
export type KeyHeader = 'authorization' | 'x-api-key' | 'api-key' | 'x-goog-api-key'

export const keyHeaders = (key: string | undefined, header: KeyHeader): Readonly<Record<string, string>> => {
  if (key === undefined) return {}
  return { [header]: header === 'authorization' ? `Bearer ${key}` : key }
}
