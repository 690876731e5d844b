import { describe, expect, it } from 'vitest'
import { loadCatalogue } from './catalogue.js'

const catalogue = loadCatalogue()
const nameOf = (written: string) => catalogue.lookUpAccelerator(written).found?.name ?? null

describe('names as people, drivers and tables write them', () => {
  it.each([
    ['3090', 'rtx_3090'],
    ['RTX 3090', 'rtx_3090'],
    ['RTX3090', 'rtx_3090'],
    ['NVIDIA GeForce RTX 3090', 'rtx_3090'],
    ['2x RTX 3090 24GB', 'rtx_3090'],
    ['3090 24GB', 'rtx_3090'],
    ['4090 24GB', 'rtx_4090'],
    ['4x4090', 'rtx_4090'],
    ['4080 16GB', 'rtx_4080'],
    ['3070 8GB', 'rtx_3070'],
    ['3080 10GB', 'rtx_3080'],
    ['3080 Ti 12GB', 'rtx_3080_ti'],
    ['RTX3080Ti', 'rtx_3080_ti'],
    ['RTX 4070', 'rtx_4070'],
    ['RTX 4070 Ti', 'rtx_4070_ti'],
    ['4070 Ti 12GB', 'rtx_4070_ti'],
    ['NVIDIA GeForce RTX 4070 Ti SUPER', 'rtx_4070_ti_super'],
    ['NVIDIA GeForce RTX 4070 SUPER', 'rtx_4070_super'],
    ['RTX 4000 Ada 20GB', 'rtx_4000_ada'],
    ['RTX 5000 Ada 32GB', 'rtx_5000_ada'],
    ['RTX 6000 Ada 48GB', 'rtx_6000_ada'],
    ['NVIDIA RTX 6000 Ada Generation', 'rtx_6000_ada'],
    ['RTX A6000 48GB', 'rtx_a6000'],
    ['NVIDIA RTX PRO 6000 Blackwell Server Edition', 'rtx_pro_6000_server'],
    ['RTX 6000 Pro Blackwell Server Edition', 'rtx_pro_6000_server'],
    ['NVIDIA RTX PRO 6000 Blackwell Workstation Edition', 'rtx_pro_6000_workstation'],
    ['NVIDIA DGX Spark', 'gb10'],
    ['H100', 'h100_sxm'],
    ['NVIDIA H100 80GB HBM3', 'h100_sxm'],
    ['8x NVIDIA H100-SXM5-80GB', 'h100_sxm'],
    ['NVIDIA H100 PCIe', 'h100_pcie'],
    ['H100 PCIe 80GB', 'h100_pcie'],
    ['NVIDIA H100 NVL', 'h100_nvl'],
    ['NVIDIA H200-SXM-141GB', 'h200_sxm'],
    ['NVIDIA H200 NVL', 'h200_nvl'],
    ['NVIDIA B200-SXM-180GB', 'b200_sxm'],
    ['B200 192GB HBM3e', 'b200_sxm'],
    ['NVIDIA GB200 NVL72', 'gb200'],
    ['NVIDIA GH200 480GB', 'gh200'],
    ['NVIDIA A100-SXM4-80GB', 'a100_sxm'],
    ['NVIDIA A100-SXM4-40GB', 'a100_40gb_sxm'],
    ['NVIDIA A100 80GB PCIe', 'a100_pcie'],
    ['NVIDIA A100-PCIE-40GB', 'a100_40gb_pcie'],
    ['NVIDIA L40S PCIe', 'l40s'],
    ['Tesla T4', 't4'],
    ['Tesla V100-SXM2-16GB', 'v100_16gb'],
    ['Tesla V100-SXM2-32GB', 'v100'],
    ['AMD Instinct MI325X 256GB HBM3e', 'mi325x'],
    ['AMD Instinct MI300X OAM', 'mi300x'],
    ['AMD Radeon RX 7900 XTX', 'rx_7900_xtx'],
    ['AMD Radeon RX 7900XT', 'rx_7900_xt'],
    ['AMD Ryzen AI Max+ 395', 'ryzen_ai_max_395'],
    ['Intel(R) Arc(TM) A770 Graphics', 'arc_a770'],
    ['INTEL(R) XEON(R) 6980P', 'xeon_6980p'],
    ['Intel(R) Xeon(R) Platinum 8480+', 'xeon_8480'],
    ['AMD EPYC 9654 96-Core Processor', 'epyc_9654'],
    ['AMD Ryzen 9 7950X 16-Core Processor', 'ryzen_7950x'],
    ['CPU i9-13900K DDR5-6400', 'intel_13900k_6400_cpu'],
    ['13th Gen Intel(R) Core(TM) i9-13900K', 'intel_13900k_cpu'],
    ['M1 7-Core GPU 8GB', 'apple_m1_7c'],
    ['M1 Max 24-Core GPU 32GB', 'apple_m1_max_24c'],
    ['M1 Max 32-Core GPU 64GB', 'apple_m1_max_32c'],
    ['M2 Ultra 76-Core GPU 192GB', 'apple_m2_ultra_76c'],
    ['Apple M2 Pro', 'apple_m2_pro_19c'],
    ['M3 10-Core GPU 16GB', 'apple_m3_10c'],
    ['M3 Max 40-Core GPU 48GB', 'apple_m3_max_40c'],
    ['Apple M4 (10-core, 16GB)', 'apple_m4_10c'],
    ['Google TPU v7', 'tpu_v7'],
  ])('finds %s', (written, name) => {
    expect(nameOf(written)).toBe(name)
  })

  it.each([
    'RTX 4090 Laptop GPU',
    'NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition',
    'Quadro RTX 6000',
    'RTX 3060 8GB',
    'RTX 5060 Ti 8GB',
    'M1 Max 28-Core GPU',
    'M4 Max 256GB',
    'RTX 4070 XT',
    'H100 CNX',
    'GPU',
    '24GB',
    'NVIDIA',
    '',
  ])('never takes %j for another chip', (written) => {
    expect(nameOf(written)).toBeNull()
  })

  it('finds every chip by its name, its label and each alias', () => {
    for (const { name, label, aliases } of catalogue.accelerators)
      for (const written of [name, label, ...aliases])
        expect([written, nameOf(written)]).toEqual([written, name])
  })
})

describe('the rows of the accelerators', () => {
  it('have positive figures, a source and a date, and no name twice', () => {
    const names = catalogue.accelerators.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const chip of catalogue.accelerators) {
      const { bandwidthGBps, bf16Tflops, fp8Tflops, int8Tops, fp4Tflops, memoryGiB, linkGBps } = chip
      for (const figure of [bandwidthGBps, bf16Tflops, fp8Tflops, int8Tops, fp4Tflops, memoryGiB, linkGBps])
        expect(figure ?? 1, chip.name).toBeGreaterThan(0)
      expect(bandwidthGBps, chip.name).not.toBeNull()
      expect(chip.label, chip.name).not.toBe(chip.name)
      expect(chip.source.origin, chip.name).not.toBe('')
      expect(chip.source.date, chip.name).toMatch(/^\d{4}-\d{2}-\d{2}$/)
    }
  })
})
