// Cards that share a name with another and not its memory: laptop cards, and slices of a card (MIG). Knows no catalogue.

/** A name without the words of its variant, and what they say. */
export interface Variant {
  readonly plain: string
  readonly kind: 'laptop' | 'slice'
  /** null = the name does not say it. */
  readonly usableGiB: number | null
  /** Out of that of the card that it is named after. */
  labelOf(whole: string): string
}

const profile = /\b(?:\d+c\.)?(\d+g\.(\d+)gb)\b(?:\+[\w.]+)?/i
const slice = /\bmig\b/i
const laptop = /\b(laptop|mobile|notebook)\b|\bmax[ _-]?q\b(?!.*workstation)/i
const size = /\b(\d+)\s*gi?b\b/i

/** Laptop cards sold with one size: neowin.net 2025-01-07 (50 series), tweaktown.com 98024 (40 series), read 2026-11. */
const laptopGiB: Readonly<Record<string, number>> = {
  '4060': 8,
  '4070': 8,
  '4080': 12,
  '4090': 16,
  '5070': 8,
  '5070ti': 12,
  '5080': 16,
  '5090': 24,
}

/** Of 10 GB a slice has 9.5 to use (an A100's; arcs-njit-edu.github.io, read 2026-11); of a laptop card as of others. */
const usableShare = { slice: 0.95, laptop: 0.98 } as const

/** @returns null for a name that means a whole card */
export const readVariant = (written: string): Variant | null => {
  const found = profile.exec(written)
  if (found || slice.test(written))
    return {
      plain: without(written, profile, slice),
      kind: 'slice',
      usableGiB: found ? Number(found[2]) * usableShare.slice : null,
      labelOf: (whole) => `${whole} MIG ${found?.[1]?.toLowerCase() ?? ''}`.trim(),
    }
  if (!laptop.test(written)) return null
  const number = /\b(\d{4}(?:\s*ti)?)\b/i.exec(written)?.[1]?.toLowerCase().replace(/\s/g, '') ?? ''
  const nominalGiB = Number(size.exec(written)?.[1] ?? laptopGiB[number] ?? 0)
  return {
    plain: without(written, laptop, size),
    kind: 'laptop',
    usableGiB: nominalGiB > 0 ? nominalGiB * usableShare.laptop : null,
    labelOf: (whole) => `${whole.replace(size, '').trim()} Laptop`,
  }
}

const without = (written: string, ...words: readonly RegExp[]): string =>
  words
    .reduce((name, word) => name.replace(word, ' '), written)
    .replace(/\(\s*\)/g, ' ')
    .replace(/[\s:,(-]+$/, '')
    .replace(/\s+/g, ' ')
    .trim()
