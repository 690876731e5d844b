// Finds an accelerator by its name as people, drivers and price lists write it. Knows no chip: only which words of a
// name say nothing about the chip. What is left over and unknown (`laptop`, `Max-Q`) keeps a name from being found.

import type { Accelerator } from './accelerator.js'
import { createLookup, type Lookup } from './find-by-name.js'

const fillers = new Set(
  `nvidia geforce tesla quadro amd instinct radeon intel apple aws google graphics gpu gpus cpu card processor
   accelerator superchip generation edition blackwell hopper core platinum oam unified memory r tm`.split(
    /\s+/,
  ),
)
const memoryType = /^(hbm\d?e?|(lp|g)?ddr\d?x?)$/
const memorySize = /^(\d+)gi?b$/
const coreCount = /^\d+c$/
/** A size on the box and the usable size of the catalogue differ by less (`B200 192GB` has 180). */
const sizeTolerance = 0.1

type Words = readonly string[]
type Check = (accelerator: Accelerator) => boolean
interface Form {
  readonly words: Words
  readonly isAllowed: Check
}

/**
 * The exact name or alias first, then without the words that say nothing, memory types, memory size, number of cores
 * and bus. A size must be the chip's own, a number of cores is only ignored where no variant is named by it, and
 * `PCIe` never means a module (SXM).
 * @returns a lookup that remembers its index, so that many names cost one pass
 */
export const createAcceleratorLookup = (
  accelerators: readonly Accelerator[],
): ((written: string) => Lookup<Accelerator>) => {
  const exact = createLookup(accelerators)
  const index = new Map<string, Accelerator>()
  for (const accelerator of accelerators)
    for (const name of [accelerator.name, accelerator.label, ...accelerator.aliases]) {
      const key = keyOf(withoutTypes(wordsOf(name)))
      if (!index.has(key)) index.set(key, accelerator)
    }
  return (written) => {
    const answer = exact(written)
    if (answer.found) return answer
    for (const { words, isAllowed } of formsOf(wordsOf(written))) {
      const found = index.get(keyOf(words))
      if (found && isAllowed(found)) return { found }
    }
    return answer
  }
}

/** The names to try, fullest first, each with what the found chip must then be. */
const formsOf = (words: Words): readonly Form[] => {
  const typed = withoutTypes(words)
  const sized = typed.filter((word) => !memorySize.test(word))
  const plain = sized.filter((word) => !coreCount.test(word))
  const busless = plain.filter((word) => word !== 'pcie')
  const sizes = typed.flatMap((word) => memorySize.exec(word)?.[1] ?? [])
  const hasSize: Check = (chip) => sizes.every((size) => isSizeOf(Number(size), chip))
  const noVariant: Check = (chip) => plain.length === sized.length || !isNamedByCores(chip)
  const forms: readonly Form[] = [
    { words: typed, isAllowed: () => true },
    { words: sized, isAllowed: hasSize },
    { words: plain, isAllowed: (chip) => hasSize(chip) && noVariant(chip) },
    { words: busless, isAllowed: (chip) => hasSize(chip) && noVariant(chip) && !/sxm/.test(chip.name) },
  ]
  return forms.filter((form) => form.words.length > 0)
}

/** Memory that is bought apart (processors) or in several sizes (Apple) may be any that fits. */
const isSizeOf = (sizeGiB: number, { memoryGiB, vendor }: Accelerator): boolean =>
  memoryGiB === null ||
  Math.abs(sizeGiB - memoryGiB) <= sizeTolerance * memoryGiB ||
  (vendor === 'Apple' && sizeGiB <= memoryGiB)

const isNamedByCores = ({ name }: Accelerator): boolean => /_\d+c$/.test(name)

/** `8x NVIDIA A100-SXM4-80GB` is `a100`, `sxm`, `80gb`. */
const wordsOf = (written: string): Words =>
  written
    .toLowerCase()
    .replace(/\((r|tm)\)|[®™]/g, ' ')
    .replace(/^\s*\d{1,4}\s*[x×*]\s*(?=[a-z]|\d{4})|\s+[x×*]\s*\d{1,4}\s*$/g, ' ')
    .replace(/\b\d+th gen\b/g, ' ')
    .replace(/[^a-z0-9]+/g, ' ')
    .replace(/(\d)\s+(gi?b|cores?)\b/g, '$1$2')
    .replace(/\b(\d+)cores?\b/g, '$1c')
    .replace(/\bsxm\d\b/g, 'sxm')
    .replace(/\b(rtx|gtx|rx)(?=\d)/g, '$1 ')
    .replace(/(\d{3})(ti|super|xtx|xt)\b/g, '$1 $2')
    .trim()
    .split(/\s+/)
    .filter((word) => word !== '' && !fillers.has(word))

const withoutTypes = (words: Words): Words => words.filter((word) => !memoryType.test(word))

const keyOf = (words: Words): string => words.toSorted().join(' ')
