import { describe, expect, it } from 'vitest'
import { catalogue } from '../fit/__fixtures__/case-request.js'
import { readVariant } from './card-variant.js'
import { findCard } from './engine-card.js'

describe('findCard', () => {
  it.each([
    ['NVIDIA H100 80GB HBM3', 'h100_sxm', 1],
    ['H100 PCIe', 'h100_pcie', 1],
    ['NVIDIA H100 NVL', 'h100_nvl', 1],
    ['A100-SXM4-80GB', 'a100_sxm', 1],
    ['NVIDIA A100-SXM4-40GB', 'a100_40gb_sxm', 1],
    ['4xL40S', 'l40s', 4],
    ['8 x H200', 'h200_sxm', 8],
    ['2x3090', 'rtx_3090', 2],
    ['8 H100', 'h100_sxm', 8],
    ['H100x8', 'h100_sxm', 8],
    ['RTX 4090 x2', 'rtx_4090', 2],
    ['MI300X', 'mi300x', 1],
    ['24 GB A10', 'a10', 1],
    ['RTX 3090', 'rtx_3090', 1],
    ['NVIDIA GeForce RTX 4090', 'rtx_4090', 1],
    ['Tesla T4', 't4', 1],
    ['L4', 'l4', 1],
    ['AMD Instinct MI300X', 'mi300x', 1],
    ['RTX 6000 Ada Generation', 'rtx_6000_ada', 1],
    ['rtx_4090', 'rtx_4090', 1],
  ])('%s is %s', (written, name, multiple) => {
    const card = findCard(written, catalogue)
    expect(card.found?.name).toBe(name)
    expect(card.found && card.multiple).toBe(multiple)
  })

  it('reports what the driver reports, not what is on the box', () => {
    expect(findCard('H100', catalogue).found?.memoryGiB).toBe(79.19)
    expect(findCard('L40S', catalogue).found?.memoryGiB).toBe(44.42)
  })

  it('scales a card of another size than its family', () => {
    expect(findCard('RTX 4090 48GB', catalogue).found?.memoryGiB).toBeCloseTo((48 * 23.64) / 24, 5)
    // 480 GB are those of its processor.
    expect(findCard('NVIDIA GH200 480GB', catalogue).found?.memoryGiB).toBeCloseTo(0.98 * 96, 5)
  })

  it('leaves an Apple chip the part of the memory that macOS does', () => {
    const usable = (name: string) => findCard(name, catalogue).found?.memoryGiB
    expect(usable('Apple M2 Ultra')).toBe(0.75 * 192)
    expect(usable('Apple M1 Pro 16-core')).toBeCloseTo((2 / 3) * 32, 6)
    expect(usable('M2 Max 32GB')).toBeCloseTo((2 / 3) * 32, 6)
    expect(usable('Apple M2 Max')).toBe(0.75 * 96)
    expect(usable('M1 8GB')).toBeCloseTo((2 / 3) * 8, 6)
    expect(usable('M4 Pro 24 GB')).toBeCloseTo((2 / 3) * 24, 6)
    expect(findCard('Apple M2 Ultra', catalogue, 96).found).toMatchObject({
      memoryGiB: 96,
      memoryFrom: 'given',
    })
  })

  it.each([
    ['NVIDIA GeForce RTX 4090 Laptop GPU', 'rtx_4090', 0.98 * 16, 'RTX 4090 Laptop'],
    ['RTX 5090 Laptop', 'rtx_5090', 0.98 * 24, 'RTX 5090 Laptop'],
    ['RTX 3080 Laptop GPU 16GB', 'rtx_3080', 0.98 * 16, 'RTX 3080 Laptop'],
    ['NVIDIA A100-SXM4-80GB MIG 1g.10gb', 'a100_sxm', 9.5, 'A100 SXM 80 GB MIG 1g.10gb'],
    ['2x H100 MIG 3g.40gb', 'h100_sxm', 38, 'H100 SXM 80 GB MIG 3g.40gb'],
  ])('gives %s its own memory, and no rates of the whole card', (written, name, memoryGiB, label) => {
    const { found } = findCard(written, catalogue)
    expect(found).toMatchObject({ name, label, accelerator: null, memoryFrom: 'assumed' })
    expect(found?.memoryGiB).toBeCloseTo(memoryGiB, 5)
  })

  it.each([
    ['RTX 3080 Laptop GPU', 'laptop'],
    ['RTX 3070 Max-Q', 'laptop'],
    ['A100-SXM4-80GB MIG', 'slice'],
  ])('asks for the memory of %s, of which there are several', (written, kind) => {
    expect(findCard(written, catalogue)).toMatchObject({ lacksMemory: written, lacksMemoryOf: kind })
    expect(findCard(written, catalogue, 8).found).toMatchObject({ memoryGiB: 8, accelerator: null })
  })

  it('takes no name of the catalogue for that of a variant', () => {
    const names = catalogue.accelerators.flatMap(({ name, label, aliases }) => [name, label, ...aliases])
    expect(names.filter((name) => readVariant(name) !== null)).toEqual([])
  })

  it('asks for the memory of a processor, which is that of the machine', () => {
    expect(findCard('i9-13900K', catalogue)).toMatchObject({ lacksMemory: expect.stringContaining('13900K') })
    expect(findCard('i9-13900K', catalogue, 64).found).toMatchObject({ memoryGiB: 64 })
  })

  it.each(['H1000', 'A1000', 'L400', 'RTX 40900'])('does not take %s for a shorter name', (name) => {
    expect(findCard(name, catalogue).found).toBeUndefined()
  })

  it('knows none of a name that is none', () => {
    expect(findCard('abacus', catalogue).found).toBeUndefined()
  })
})
