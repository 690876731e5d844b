// The card that a written name means, how many of them, and the memory that an engine will find. Knows no model.

import { type Accelerator, type Catalogue, normaliseName } from '../../catalog/index.js'
import { readVariant, type Variant } from './card-variant.js'
import { assumedShare, type CardFacts, knownCards } from './engine-cards.js'

export interface Card {
  readonly name: string
  readonly label: string
  /** What the driver reports as total, GiB. */
  readonly memoryGiB: number
  /** `measured` = an engine or driver printed it, `assumed` = nominal less a share, `given` = by the asker. */
  readonly memoryFrom: 'measured' | 'assumed' | 'given'
  readonly isPreAmpere: boolean
  /** Part of a card (MIG). */
  readonly isSlice?: boolean
  /** Rates and links; null = the catalogue does not describe the chip, so no speed can be predicted. */
  readonly accelerator: Accelerator | null
}

export type CardLookup =
  | { readonly found: Card; readonly multiple: number }
  | {
      readonly found?: undefined
      readonly suggestion: string | null
      /** The chip, where it is known and only its memory is not. */
      readonly lacksMemory?: string
      /** Why: `machine` = it is that of the machine, `slice` = no profile is named, `laptop` = sold with several. */
      readonly lacksMemoryOf?: 'machine' | 'laptop' | 'slice'
    }

/**
 * Of what is on the box. macOS leaves a chip two thirds of the memory, and three quarters on machines of more than 36 GB:
 * `recommendedMaxWorkingSetSize` is 21,845 MiB of 32 GB (ollama issue 434, 2023-08) and 73,728 of 96 GB (llama.cpp issue
 * 3213, 2023-09).
 */
const unknownShare = (vendor: string, nominalGiB: number): number => {
  if (vendor !== 'Apple') return assumedShare
  return nominalGiB > 36 ? 3 / 4 : 2 / 3
}

/**
 * Reads a name as people and drivers write it: `NVIDIA H100 80GB HBM3`, `A100-SXM4-80GB`, `4xL40S`, `RTX 3090`.
 * A size in the name that is not the family's (`RTX 4090 48GB`, `M2 Max 32GB`) is the memory; a slice has that of its
 * profile, and neither it nor a laptop card has the rates of the card it is named after.
 * @param givenGiB what the asker says that the driver reports
 */
export const findCard = (written: string, catalogue: Catalogue, givenGiB?: number): CardLookup => {
  const { multiple, rest } = splitMultiple(written)
  const variant = readVariant(rest)
  const lookup = cardNamed(variant?.plain ?? rest, multiple, catalogue, givenGiB)
  if (!lookup.found) return lookup
  if (variant && givenGiB === undefined && variant.usableGiB === null)
    return { suggestion: null, lacksMemory: rest, lacksMemoryOf: variant.kind }
  const found = variant ? asVariant(lookup.found, variant) : lookup.found
  if (givenGiB === undefined) return { multiple, found }
  return { multiple, found: { ...found, memoryGiB: givenGiB, memoryFrom: 'given' } }
}

/** Without rates: those of the whole card are not the variant's. */
const asVariant = (whole: Card, { kind, labelOf, usableGiB }: Variant): Card => ({
  ...whole,
  label: labelOf(whole.label),
  isSlice: kind === 'slice',
  memoryGiB: usableGiB ?? 0,
  memoryFrom: 'assumed',
  accelerator: null,
})

const plainName = (written: string): string =>
  written
    .toLowerCase()
    .replace(/[_-]+/g, ' ')
    .replace(/\b(nvidia|geforce|tesla|quadro|amd|instinct|intel|graphics|gpu)\b/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()

/** The size that a name says, GiB. */
const sizeIn = (name: string): number | null => {
  const size = /(\d+)\s*gi?b\b/i.exec(name)?.[1]
  return size === undefined ? null : Number(size)
}

/** Of a family whose cards may have another size than most. */
const memoryOf = ({ nominalGiB, reportedGiB }: CardFacts, sizeGiB: number | null) => {
  const isOther = sizeGiB !== null && !isSame(nominalGiB, sizeGiB)
  return { memoryGiB: isOther ? (sizeGiB * reportedGiB) / nominalGiB : reportedGiB, isOther }
}

const cardNamed = (
  rest: string,
  multiple: number,
  catalogue: Catalogue,
  givenGiB: number | undefined,
): CardLookup => {
  const plain = plainName(rest)
  const listed = catalogue.lookUpAccelerator(rest).found
  const facts =
    knownCards.find(({ name }) => name === (listed?.name ?? rest)) ??
    knownCards.find(
      ({ pattern, nominalGiB }) => isNamed(pattern, plain) && isSame(nominalGiB, listed?.memoryGiB),
    )
  const inCatalogue = listed ?? catalogue.accelerators.find(({ name }) => name === facts?.name)
  const sizeGiB = listed && isOwnName(listed, rest) ? null : sizeIn(plain)
  if (facts) {
    const { memoryGiB, isOther } = memoryOf(facts, sizeGiB)
    return {
      multiple,
      found: {
        name: listed?.name ?? facts.name,
        label: listed?.label ?? facts.label,
        memoryGiB,
        memoryFrom: facts.source.startsWith('assumed') || isOther ? 'assumed' : 'measured',
        isPreAmpere: facts.isPreAmpere === true || isOld(inCatalogue),
        accelerator: inCatalogue ?? null,
      },
    }
  }
  if (inCatalogue) {
    const memoryGiB = givenGiB ?? usableOf(inCatalogue, sizeGiB)
    if (memoryGiB === 0) return { suggestion: null, lacksMemory: inCatalogue.label, lacksMemoryOf: 'machine' }
    return {
      multiple,
      found: {
        name: inCatalogue.name,
        label: inCatalogue.label,
        memoryGiB,
        memoryFrom: 'assumed',
        isPreAmpere: isOld(inCatalogue),
        accelerator: inCatalogue,
      },
    }
  }
  const nearest = catalogue.lookUpAccelerator(plain)
  return { suggestion: ('suggestion' in nearest ? nearest.suggestion : undefined) ?? null }
}

/** A size in a chip's own name or alias need not be that of its memory (`GH200 480GB`). */
const isOwnName = ({ name, label, aliases }: Accelerator, written: string): boolean => {
  const key = (each: string) => normaliseName(plainName(each))
  return [name, label, ...aliases].some((own) => key(own) === key(written))
}

/** Apple and processors have the memory that was bought; of other chips the size on the box is that of the catalogue. */
const usableOf = ({ vendor, memoryGiB }: Accelerator, sizeGiB: number | null): number => {
  const isBought = vendor === 'Apple' || memoryGiB === null || !isSame(memoryGiB, sizeGiB)
  const nominalGiB = (isBought ? sizeGiB : null) ?? memoryGiB ?? 0
  return nominalGiB * unknownShare(vendor, nominalGiB)
}

/** The pattern's family is not the chip that the catalogue found when their memory differs (3080 and 3080 Ti). */
const isSame = (nominalGiB: number, memoryGiB: number | null | undefined): boolean =>
  memoryGiB === null || memoryGiB === undefined || Math.abs(memoryGiB - nominalGiB) <= nominalGiB * 0.1

/** The card of a known accelerator; a memory that differs from the catalogue's was given by who owns it. */
export const cardOf = (accelerator: Accelerator, catalogue: Catalogue): Card => {
  const { found } = findCard(accelerator.name, catalogue)
  const isGiven = accelerator.memoryGiB !== (found?.accelerator?.memoryGiB ?? null)
  if (found && !isGiven) return { ...found, accelerator }
  return {
    name: accelerator.name,
    label: accelerator.label,
    memoryGiB: accelerator.memoryGiB ?? 0,
    memoryFrom: 'given',
    isPreAmpere: isOld(accelerator),
    accelerator,
  }
}

const isOld = (accelerator: Accelerator | undefined): boolean =>
  accelerator?.vendor === 'NVIDIA' && accelerator.year !== null && accelerator.year < 2020

/** `h1000` is another card than `h100`. */
const isNamed = (pattern: RegExp, plain: string): boolean => {
  const found = pattern.exec(plain)
  return found !== null && !/^\d/.test(plain.slice(found.index + found[0].length))
}

/** `4xL40S`, `4 x L40S`, `2x3090`, `4 L40S`, `L40S x4`, `L40Sx4`: the number and the rest. `RTX 4090` is one card. */
const splitMultiple = (written: string): { readonly multiple: number; readonly rest: string } => {
  const before =
    /^\s*(\d{1,3})\s*[x×*]\s*(\D.+|\d{4}.*)$/i.exec(written) ??
    /^\s*(\d{1,3})\s+(?!gi?b\b)([a-z].+)$/i.exec(written)
  if (before) return { multiple: Number(before[1]), rest: (before[2] ?? '').trim() }
  const after = /^(.+?)(?:\s+[x×*]\s*|[x×*])(\d{1,2})\s*$/i.exec(written)
  if (after) return { multiple: Number(after[2]), rest: (after[1] ?? '').trim() }
  return { multiple: 1, rest: written.trim() }
}
