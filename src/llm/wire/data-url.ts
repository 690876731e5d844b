// `data:` URLs with base64 content, in which the chat dialect carries images and files.

export const dataUrl = (mediaType: string, base64: string): string => `data:${mediaType};base64,${base64}`

/** Undefined for any other URL. */
export const parseDataUrl = (
  url: string,
): { readonly mediaType: string; readonly data: string } | undefined => {
  const comma = url.startsWith('data:') ? url.indexOf(',') : -1
  const head = comma < 0 ? '' : url.slice('data:'.length, comma)
  if (!head.endsWith(';base64')) return undefined
  return { mediaType: head.slice(0, -';base64'.length), data: url.slice(comma + 1) }
}
