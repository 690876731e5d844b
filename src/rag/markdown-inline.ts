// What a reader sees of a piece of Markdown: the words without the markup. Knows no blocks.

/** Bounds every search, so that a line of a million brackets costs no more than its length. */
const label = String.raw`[^\[\]\n]{0,1000}`
const target = String.raw`[^()\n]{0,2000}(?:\([^()\n]{0,500}\)[^()\n]{0,500})?`

const images = new RegExp(String.raw`!\[(${label})\]\(${target}\)`, 'g')
const links = new RegExp(String.raw`\[(${label})\]\(${target}\)`, 'g')
const references = new RegExp(String.raw`\[(${label})\]\[${label}\]`, 'g')
const footnotes = /\[\^[^\]\s]{1,100}\]/g
const autolinks = /<((?:https?:\/\/|mailto:)[^<>\s]{1,2000})>/g
const tags = /<\/?[a-zA-Z][^<>]{0,2000}>|<!--[\s\S]{0,20000}?-->/g
const strong = /(\*\*|__|~~)(?=\S)/g
const strongEnd = /(?<=\S)(\*\*|__|~~)/g
const emphasis = /(?<![\p{L}\p{N}_*])([*_])(?=\S)([^*_\n]{1,1000})(?<=\S)\1(?![\p{L}\p{N}_*])/gu
const escapes = /\\([!-/:-@[-`{-~])/g

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
}

/** The visible words of inline Markdown, on as many lines as it has. */
export const plainOfMarkdown = (source: string): string =>
  source
    .replace(/^[ \t]{0,3}(?:>[ \t]?)+/gm, '')
    .replace(images, '$1')
    .replace(links, '$1')
    .replace(references, '$1')
    .replace(footnotes, '')
    .replace(autolinks, '$1')
    .replace(tags, ' ')
    .replace(/`+/g, '')
    .replace(strong, '')
    .replace(strongEnd, '')
    .replace(emphasis, '$2')
    .replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,6}));/gi, decodeEntity)
    .replace(escapes, '$1')
    .replace(/[ \t]+/g, ' ')
    .trim()

const decodeEntity = (whole: string, decimal?: string, hexadecimal?: string, name?: string): string => {
  if (name !== undefined) return entities[name.toLowerCase()] ?? whole
  const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal)
  return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
    ? String.fromCodePoint(code)
    : whole
}
