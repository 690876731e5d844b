// Hardware that exists already: what the catalogue knows of the chip, with the figures of the requirements over it.

import { type Accelerator, type Catalogue, unknownProcessor } from '../../catalog/index.js'
import type { Requirements } from '../../spec/index.js'

type Owned = Requirements['hosting']['owned'][number]

/** A chip that only its measured figures describe: a processor, which llama.cpp serves on. */
export const isDescribed = ({ memoryGiB, bandwidthGBps, tflops }: Owned): boolean =>
  memoryGiB !== undefined && bandwidthGBps !== undefined && tflops !== undefined

/** @returns null when the catalogue does not know the name and the figures do not describe the chip */
export const ownedAccelerator = (owned: Owned, { lookUpAccelerator }: Catalogue): Accelerator | null => {
  const { found } = lookUpAccelerator(owned.accelerator)
  const base = found ?? (isDescribed(owned) ? processor(owned.accelerator) : null)
  if (!base) return null
  return {
    ...base,
    memoryGiB: owned.memoryGiB ?? base.memoryGiB,
    bandwidthGBps: owned.bandwidthGBps ?? base.bandwidthGBps,
    bf16Tflops: owned.tflops ?? base.bf16Tflops,
  }
}

const processor = (name: string): Accelerator => ({
  ...unknownProcessor(name, name),
  source: { origin: 'requirements.yaml (hosting.owned)', date: '' },
})
