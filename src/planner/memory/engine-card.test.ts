import { describe, expect, it } from 'vitest'
import { catalogue } from '../fit/__fixtures__/case-request.js'
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
  })

  it('leaves an Apple chip the part of the memory that macOS does', () => {
    const usable = (name: string) => findCard(name, catalogue).found?.memoryGiB
    expect(usable('Apple M2 Ultra')).toBe(0.75 * 192)
    expect(usable('Apple M1 Pro 16-core')).toBeCloseTo((2 / 3) * 32, 6)
    expect(findCard('Apple M2 Ultra', catalogue, 96).found).toMatchObject({
      memoryGiB: 96,
      memoryFrom: 'given',
    })
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
