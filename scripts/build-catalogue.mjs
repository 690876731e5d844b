// Writes src/catalog/data/*.json from a folder of collected facts (gpus.csv, prices.csv, engine_flags.json); models:
// build-model-configs.mjs. Keeps one row a line, so that a refresh is a readable diff. Hand-kept facts
// (model-facts.json, accelerator-facts.json, accelerator-additions.json, hosted-models.json) are not touched.
//
// Usage: node scripts/build-catalogue.mjs FOLDER

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { argv, exit, stderr } from 'node:process'
import { calcPrice } from '@pydantic/genai-prices'
import { readCsv } from './read-csv.mjs'

const folder = argv[2]
if (!folder) {
  stderr.write('Usage: node scripts/build-catalogue.mjs FOLDER\n')
  exit(2)
}
const output = join(import.meta.dirname, '..', 'src', 'catalog', 'data')

/** When the facts of a source were read; other sources were read on the collection date. */
const collectedOn = '2026-11-23'
const sourceDates = [
  ['aiconfigurator@095f58a', '2026-08-21'],
  ['genai-prices@47df840', '2026-08-21'],
]

const rowsOf = (name) => readCsv(join(folder, name))

const number = (text) => (text.trim() === '' ? null : Number(text))
const text = (value) => (value.trim() === '' ? null : value.trim())

/** A table whose sources are listed once and named by their place in the list. */
const createTable = (columns) => {
  const sources = []
  const rows = []
  const sourceIndex = (source) => {
    const found = sources.findIndex((known) => known[0] === source)
    if (found >= 0) return found
    const date = sourceDates.find(([part]) => source.includes(part))?.[1] ?? collectedOn
    return sources.push([source, date]) - 1
  }
  return {
    add: (values, source) => rows.push([...values, sourceIndex(source)]),
    write: (name) => {
      const lines = (items) => items.map((item) => `    ${JSON.stringify(item)}`).join(',\n')
      const body = `{\n  "columns": ${JSON.stringify([...columns, 'source'])},\n  "sources": [\n${lines(sources)}\n  ],\n  "rows": [\n${lines(rows)}\n  ]\n}\n`
      writeFileSync(join(output, name), body)
      stderr.write(`${name}: ${rows.length} rows, ${body.length} bytes\n`)
    },
  }
}

const writeAccelerators = () => {
  const table = createTable([
    'name',
    'vendor',
    'memoryGiB',
    'bandwidthGBps',
    'bf16Tflops',
    'fp8Tflops',
    'int8Tops',
    'fp4Tflops',
    'linkGBps',
    'networkGBps',
    'pcieGBps',
    'powerW',
    'year',
    'note',
  ])
  for (const row of rowsOf('gpus.csv'))
    table.add(
      [
        row.name,
        row.vendor,
        number(row.memory_gib),
        number(row.mem_bw_gbs),
        number(row.bf16_tflops_dense),
        number(row.fp8_tflops_dense),
        number(row.int8_tops_dense),
        number(row.fp4_tflops_dense),
        number(row.intra_node_gbs_per_dir),
        number(row.inter_node_gbs_per_gpu),
        number(row.pcie_gbs),
        number(row.tdp_w),
        number(row.year),
        text(row.notes),
      ],
      row.source.trim(),
    )
  table.write('accelerators.json')
}

/** GPUs of one rented machine, where the item or the instance type says so; null = any number. */
const instanceSize = ({ provider, item }) => {
  const counted = /^(\d+)x /.exec(item)
  if (counted) return Number(counted[1])
  if (/p5\.48|p4d\.24|ND96/.test(provider)) return 8
  return /highgpu-1g/.test(provider) ? 1 : null
}
/** What a price can be planned with: a provider's list price, a marketplace, or the middle of a quoted range. */
const offerOf = ({ provider, item }) => {
  if (/market range/.test(provider)) return 'range'
  return /Community|Vast\.ai|OpenRelay|Akash/.test(provider) || /marketplace/.test(item)
    ? 'marketplace'
    : 'list'
}

const writePrices = () => {
  const prices = rowsOf('prices.csv')
  const gpu = createTable(['provider', 'item', 'usdPerHour', 'instanceSize', 'offer', 'commitment', 'asOf'])
  for (const row of prices.filter(({ kind }) => kind === 'gpu_hour'))
    gpu.add(
      [
        row.provider,
        row.item,
        Number(Number(row.price_usd).toFixed(4)),
        instanceSize(row),
        offerOf(row),
        row.commitment,
        row.as_of,
      ],
      row.source,
    )
  gpu.write('gpu-prices.json')

  const api = createTable(['provider', 'model', 'input', 'cachedInput', 'output', 'contextTokens', 'asOf'])
  for (const row of prices.filter(({ kind }) => kind === 'api_mtok')) {
    const timestamp = new Date(`${row.as_of}T12:00:00Z`)
    const served = calcPrice({ input_tokens: 1, output_tokens: 1 }, row.item, {
      providerId: row.provider,
      timestamp,
    })
    if (served?.model_price.input_mtok !== undefined || row.output_usd_mtok === '') continue
    api.add(
      [
        row.provider,
        row.item,
        number(row.price_usd),
        number(row.cached_input_usd_mtok),
        number(row.output_usd_mtok),
        number(/ctx=(\d+)/.exec(row.notes)?.[1] ?? ''),
        row.as_of,
      ],
      row.source,
    )
  }
  api.write('api-prices.json')
}

/** Engine versions the flags were read from, by engine. */
const engineVersions = {
  vllm: '0.28.0',
  sglang: 'main of 2026-06-25',
  tgi: 'main of 2026-01-08',
  llama_server: 'selected flags read on 2026-11-23',
}

const writeEngineFlags = () => {
  const data = JSON.parse(readFileSync(join(folder, 'engine_flags.json'), 'utf8'))
  const engines = Object.entries(engineVersions).map(([key, version]) => ({
    engine: key.replace('llama_server', 'llama.cpp'),
    version,
    source: data.meta[key]?.source ?? 'github:ggml-org/llama.cpp tools/server/README.md (selected flags)',
    flags: data[key].map(({ name, aliases, type, default: initial, choices }) => [
      name,
      aliases ?? [],
      type ?? null,
      initial ?? null,
      Array.isArray(choices) ? choices : [],
    ]),
  }))
  const triton = data.triton.tensorrt_llm.tensorrt_llm
  const fields = [
    ...triton.mandatory.map((name) => [name, null]),
    ...Object.entries(triton.general),
    ...Object.entries(triton.kv_cache),
    ...Object.entries(triton.optimization),
    ...Object.entries(triton.scheduling).map(([name]) => [name, null]),
  ]
  engines.push({
    engine: 'trtllm',
    version: 'tensorrtllm_backend 05ceae0',
    source: data.triton.source_trtllm,
    flags: fields.map(([name, initial]) => [name, [], null, initial, []]),
  })
  const blocks = engines.map(({ flags, ...engine }) => {
    const lines = flags.map((flag) => `      ${JSON.stringify(flag)}`).join(',\n')
    return `  {\n    "engine": ${JSON.stringify(engine.engine)},\n    "version": ${JSON.stringify(engine.version)},\n    "source": ${JSON.stringify(engine.source)},\n    "flags": [\n${lines}\n    ]\n  }`
  })
  const body = `[\n${blocks.join(',\n')}\n]\n`
  writeFileSync(join(output, 'engine-flags.json'), body)
  stderr.write(
    `engine-flags.json: ${engines.map((e) => `${e.engine} ${e.flags.length}`).join(', ')}, ${body.length} bytes\n`,
  )
}

writeAccelerators()
writePrices()
writeEngineFlags()
