// Cards that share a name with another and not its memory: laptop cards, and slices of a card (MIG). Knows no catalogue.

import type { Card } from './engine-card.js'

/** A name without the words of its variant, and what they say. */
export interface Variant {
  readonly plain: string
  readonly kind: 'laptop' | 'slice'
  /** Of what it is sold as; null = the name does not say it. */
  readonly nominalGiB: number | null
  /** Behind the label of the card that it is named after. */
  readonly suffix: string
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

/** @returns null for a name that means a whole card */
export const readVariant = (written: string): Variant | null => {
  const found = profile.exec(written)
  if (found || slice.test(written))
    return {
      plain: without(written, profile, slice),
      kind: 'slice',
      nominalGiB: found ? Number(found[2]) : null,
      suffix: `MIG ${found?.[1]?.toLowerCase() ?? ''}`.trim(),
    }
  if (!laptop.test(written)) return null
  const number = /\b(\d{4}(?:\s*ti)?)\b/i.exec(written)?.[1]?.toLowerCase().replace(/\s/g, '') ?? ''
  const said = size.exec(written)?.[1]
  return {
    plain: without(written, laptop, size),
    kind: 'laptop',
    nominalGiB: said === undefined ? (laptopGiB[number] ?? null) : Number(said),
    suffix: 'Laptop',
  }
}

const without = (written: string, ...words: readonly RegExp[]): string =>
  words
    .reduce((name, word) => name.replace(word, ' '), written)
    .replace(/\(\s*\)/g, ' ')
    .replace(/[\s:,(-]+$/, '')
    .replace(/\s+/g, ' ')
    .trim()

/** Of 10 GB a slice has 9.5 to use (an A100's; arcs-njit-edu.github.io, read 2026-11); of a laptop card as of others. */
const usable = { slice: 0.95, laptop: 0.98 } as const

/**
 * A card with the memory of its variant, and without rates: those of the whole card are not the variant's.
 * @returns null where neither the name nor the asker says how much memory it has
 */
export const cardOfVariant = (
  card: Card,
  { kind, nominalGiB, suffix }: Variant,
  givenGiB: number | undefined,
): Card | null => {
  const memoryGiB = givenGiB ?? (nominalGiB === null ? null : nominalGiB * usable[kind])
  if (memoryGiB === null) return null
  return {
    ...card,
    label: `${kind === 'slice' ? card.label : card.label.replace(size, '').trim()} ${suffix}`,
    memoryGiB,
    memoryFrom: givenGiB === undefined ? 'assumed' : 'given',
    accelerator: null,
  }
}
