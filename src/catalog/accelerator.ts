// Accelerators and what an hour of one costs. Knows no model.

import additions from './data/accelerator-additions.json' with { type: 'json' }
import facts from './data/accelerator-facts.json' with { type: 'json' }
import table from './data/accelerators.json' with { type: 'json' }
import priceTable from './data/gpu-prices.json' with { type: 'json' }
import { normaliseName } from './find-by-name.js'
import { decodeTable, type Source } from './table.js'

/** Rates are dense peaks; null = the chip has none, or the catalogue does not know it. */
export interface Accelerator {
  readonly name: string
  /** For people: `H100 SXM 80 GB`. */
  readonly label: string
  readonly aliases: readonly string[]
  readonly vendor: string
  readonly memoryGiB: number | null
  readonly bandwidthGBps: number | null
  readonly bf16Tflops: number | null
  readonly fp8Tflops: number | null
  readonly int8Tops: number | null
  readonly fp4Tflops: number | null
  /** GB/s in each direction between the accelerators of one machine; null = through the host. */
  readonly linkGBps: number | null
  readonly networkGBps: number | null
  readonly pcieGBps: number | null
  readonly powerW: number | null
  readonly year: number | null
  /** Most accelerators in one machine. */
  readonly perNode: number
  readonly note: string | null
  readonly source: Source
}

/** A processor of which nothing is known yet: what was measured or written down is put over it. */
export const unknownProcessor = (name: string, label: string): Omit<Accelerator, 'source'> => ({
  name,
  label,
  aliases: [],
  vendor: 'CPU',
  memoryGiB: null,
  bandwidthGBps: null,
  bf16Tflops: null,
  fp8Tflops: null,
  int8Tops: null,
  fp4Tflops: null,
  linkGBps: null,
  networkGBps: null,
  pcieGBps: null,
  powerW: null,
  year: null,
  perNode: 1,
  note: null,
})

export interface GpuPrice {
  readonly provider: string
  readonly item: string
  /** Catalogue name; null = the catalogue does not describe the chip. */
  readonly accelerator: string | null
  readonly usdPerHour: number
  /** Accelerators of one rented machine; null = any number. */
  readonly instanceSize: number | null
  /** `list` = a provider's price, `marketplace` = offers without a promise, `range` = middle of a quoted range. */
  readonly offer: 'list' | 'marketplace' | 'range'
  readonly commitment: string
  readonly asOf: string
  readonly source: Source
}

interface Facts {
  readonly label: string
  readonly aliases: readonly string[]
  readonly perNode: number
}
const factsOf = facts as Readonly<Record<string, Facts>>

/** The collected chips, then the hand-kept ones; a hand-kept row replaces a collected one of its name. */
export const readAccelerators = (): readonly Accelerator[] => {
  const handKept = decodeTable<Accelerator>(additions)
  const replaced = new Set(handKept.map(({ name }) => name))
  return [...decodeTable<Accelerator>(table).filter(({ name }) => !replaced.has(name)), ...handKept].map(
    (row) => ({ ...row, ...(factsOf[row.name] ?? { label: row.name, aliases: [], perNode: 1 }) }),
  )
}

/** Chips that offers are matched to. The design search rents only what was collected together with its prices. */
const rentable = new Set(decodeTable<Accelerator>(table).map(({ name }) => name))

export const readGpuPrices = (accelerators: readonly Accelerator[]): readonly GpuPrice[] => {
  const nameOf = new Map(
    accelerators
      .filter(({ name }) => rentable.has(name))
      .flatMap(({ name, aliases }) => aliases.map((alias) => [normaliseName(alias), name])),
  )
  return decodeTable<GpuPrice>(priceTable).map((row) => ({
    ...row,
    accelerator: nameOf.get(normaliseName(row.item.replace(/^\d+x /, ''))) ?? null,
  }))
}
