// How much memory a card really offers: what its driver reports is less than the number on the box. Knows no model.

/** A family of cards. `reportedGiB` = `total` of `cudaMemGetInfo`, as engines print it at start-up. */
export interface CardFacts {
  /** The catalogue's name, or one of its own where the catalogue does not describe the chip. */
  readonly name: string
  readonly label: string
  /** Matched against a name in lower case without punctuation. */
  readonly pattern: RegExp
  readonly nominalGiB: number
  readonly reportedGiB: number
  /** Where the reported figure was printed; `assumed` = nominal less 2 %. */
  readonly source: string
  /** Tensor units older than Ampere: vLLM 0.8 to 0.9 ran its V0 engine on them. */
  readonly isPreAmpere?: boolean
}

export const assumedShare = 0.98

const card = (
  name: string,
  label: string,
  pattern: RegExp,
  [nominalGiB, reportedGiB]: readonly [number, number?],
  source = 'assumed',
): CardFacts => ({
  name,
  label,
  pattern,
  nominalGiB,
  reportedGiB: reportedGiB ?? nominalGiB * assumedShare,
  source: reportedGiB === undefined ? 'assumed' : source,
})

const llmd = 'github:llm-d-incubation/llm-d-planner accuracy/results/v0.19.0/logs (2026-04-22)'
const vllm = (issue: number, date: string) => `github:vllm-project/vllm#${issue} (${date})`

/** First match wins, so special forms stand before the plain ones. */
export const knownCards: readonly CardFacts[] = [
  card('h100_nvl', 'H100 NVL 94 GB', /h100.*nvl/, [94, 93.02], vllm(16712, '2025-04-16')),
  card('h100_pcie', 'H100 PCIe 80 GB', /h100.*pcie/, [80, 79.19], llmd),
  card('gh200', 'GH200 96 GB', /gh200/, [96]),
  card('h200_sxm', 'H200 SXM 141 GB', /h200/, [141, 139.81], 'assumed from 143,771 MiB less reserved pages'),
  card('h100_sxm', 'H100 SXM 80 GB', /h[18]00/, [80, 79.19], llmd),
  card('h20', 'H20 96 GB', /\bh20\b/, [96, 95.1], 'assumed'),
  card('gb300', 'GB300', /gb300/, [277.55]),
  card('gb200', 'GB200', /gb200/, [185.03]),
  card('b300_sxm', 'B300 SXM 288 GB', /b300/, [268.59]),
  card('b200_sxm', 'B200 SXM 180 GB', /b200/, [180, 178.35], 'assumed from 183,359 MiB less reserved pages'),
  card(
    'gb10',
    'GB10 (DGX Spark) 128 GB',
    /gb10|dgx ?spark/,
    [128, 121.63],
    'github:MiaAI-Lab/DeepSeek-v4-Flash-One-DGX-Spark#4 (2026-08-21)',
  ),
  card('a100_40gb_sxm', 'A100 SXM 40 GB', /a100.*40/, [40, 39.38], vllm(16570, '2025-04-15')),
  card('a100_pcie', 'A100 PCIe 80 GB', /a[18]00.*pcie/, [80, 79.15], 'assumed'),
  card('a100_sxm', 'A100 SXM 80 GB', /a[18]00/, [80, 79.15], 'assumed'),
  card('a10g', 'A10G 24 GB', /a10g/, [24, 22.06], 'total printed in a public start-up log (2025)'),
  card('a10', 'A10 24 GB', /\ba10\b/, [24, 22.06], 'total printed in a public start-up log (2025)'),
  card('a30', 'A30 24 GB', /\ba30\b/, [24, 23.53], 'github:google/RB-Modulation#5 (2024-09-13)'),
  card('a40', 'A40 48 GB', /\ba40\b/, [48, 44.42], 'assumed: 46,068 MiB as the L40S'),
  card(
    'rtx_pro_6000_server',
    'RTX PRO 6000 96 GB',
    /pro ?6000|6000 ?pro/,
    [96, 94.97],
    'assumed from 97,887 MiB less reserved pages',
  ),
  card('rtx_6000_ada', 'RTX 6000 Ada 48 GB', /6000 ?ada/, [48, 47.37], vllm(57047, '2026-09-16')),
  card(
    'rtx_a6000',
    'RTX A6000 48 GB',
    /a6000/,
    [48, 47.5],
    'a public GitHub file found by its text in a code index, 33210791296 (2025-08-12)',
  ),
  card('l40s', 'L40S 48 GB', /l40s/, [48, 44.42], vllm(15815, '2025-04-02')),
  card('l40', 'L40 48 GB', /\bl40\b/, [48, 44.42], 'assumed as the L40S'),
  card('l20', 'L20 48 GB', /\bl20\b/, [48, 44.52], vllm(14011, '2025-03-03')),
  card('l4', 'L4 24 GB', /\bl4\b/, [24, 22.06], 'total printed in a public start-up log (2025)'),
  {
    ...card(
      't4',
      'T4 16 GB',
      /\bt4\b/,
      [16, 14.74],
      'a public GitHub file found by its text in a code index, 44847761102 (2025-02-13)',
    ),
    isPreAmpere: true,
  },
  { ...card('v100_16gb', 'V100 16 GB', /v100.*16/, [16, 15.77], 'assumed'), isPreAmpere: true },
  { ...card('v100', 'V100 32 GB', /v100/, [32, 31.74], 'assumed'), isPreAmpere: true },
  { ...card('rtx_2080_ti', 'RTX 2080 Ti 11 GB', /2080 ?ti/, [11]), isPreAmpere: true },
  { ...card('rtx_2060', 'RTX 2060 12 GB', /2060/, [12, 12]), isPreAmpere: true },
  card('rtx_3060', 'RTX 3060 12 GB', /3060/, [12, 11.66], 'assumed'),
  card('rtx_3080', 'RTX 3080 10 GB', /3080/, [10]),
  card('rtx_3090', 'RTX 3090 24 GB', /3090/, [24, 23.58], vllm(10517, '2024-12-02')),
  card('rtx_4060_ti', 'RTX 4060 Ti 16 GB', /4060 ?ti/, [16, 15.7], 'assumed'),
  card('rtx_4060', 'RTX 4060 8 GB', /4060/, [8, 8], vllm(13882, '2025-02-26')),
  card('rtx_4070_ti_super', 'RTX 4070 Ti SUPER 16 GB', /4070 ?ti/, [16, 15.7], 'assumed'),
  card('rtx_4070', 'RTX 4070 12 GB', /4070/, [12, 11.6], 'assumed'),
  card('rtx_4080', 'RTX 4080 16 GB', /4080/, [16, 15.6], 'assumed'),
  card('rtx_4090', 'RTX 4090 24 GB', /4090/, [24, 23.64], 'github:ali-vilab/VGen#104 (2024-04-02)'),
  card(
    'rtx_5060_ti',
    'RTX 5060 Ti 16 GB',
    /5060/,
    [16, 15.51],
    'assumed as other 16 GB cards of the generation',
  ),
  card(
    'rtx_5070_ti',
    'RTX 5070 Ti 16 GB',
    /5070 ?ti/,
    [16, 15.51],
    'assumed as other 16 GB cards of the generation',
  ),
  card('rtx_5070', 'RTX 5070 12 GB', /5070/, [12, 11.5], 'assumed'),
  card('rtx_5080', 'RTX 5080 16 GB', /5080/, [16, 15.51], 'assumed as other 16 GB cards of the generation'),
  card('rtx_5090', 'RTX 5090 32 GB', /5090/, [32, 31.36], 'assumed from 32,607 MiB less reserved pages'),
  card('rtx_a2000', 'RTX A2000 12 GB', /a2000/, [12, 11.53], vllm(12030, '2025-01-14')),
  card(
    'mi210',
    'MI210 64 GB',
    /mi210/,
    [64, 63.98],
    'a public GitHub file found by its text in a code index, 58928701347 (2025)',
  ),
  card('mi50', 'MI50 16 GB', /mi50/, [16, 15.98], 'assumed'),
  card('mi300x', 'MI300X 192 GB', /mi30[08]/, [192, 191.98], 'assumed'),
  card('mi325x', 'MI325X 256 GB', /mi325/, [256, 255.98], 'assumed'),
  card('mi355x', 'MI355X 288 GB', /mi35[05]/, [288, 287.98], 'assumed'),
]
