// The formats of request logs and usage exports, the particular before the general, and which one a source has.

import { ledgerExport } from './format-ledger.js'
import { litellmDaily, litellmSpend } from './format-litellm.js'
import { openaiUsage } from './format-openai.js'
import { requestLog } from './format-requests.js'
import { azureTrace, mooncakeTrace } from './format-traces.js'
import type { Row, TrafficFormat } from './traffic-row.js'

const formats: readonly TrafficFormat[] = [
  azureTrace,
  mooncakeTrace,
  ledgerExport,
  litellmSpend,
  litellmDaily,
  openaiUsage,
  requestLog,
]

export const metricsFormat = 'vllm-metrics'

/** What `--format` takes. */
export const trafficFormats: readonly string[] = [...formats.map(({ name }) => name), metricsFormat]

export const formatNamed = (name: string): TrafficFormat | undefined =>
  formats.find((format) => format.name === name)

/** The format that recognises most of these rows; of several the most particular. */
export const detectFormat = (rows: readonly Row[]): TrafficFormat | undefined => {
  let best: { readonly format: TrafficFormat; readonly count: number } | undefined
  for (const format of formats) {
    const count = rows.filter((row) => format.recognises(row)).length
    if (count > (best?.count ?? 0)) best = { format, count }
  }
  return best?.format
}
