import { describe, expect, it } from 'vitest'
import { createMetrics } from './create-metrics.js'
import type { EngineObservation } from './observe-engines.js'

const engine = {
  deployment: 'chat',
  isUp: true,
  restarts: 2,
  residentBytes: 3e9,
  running: 4,
  waiting: 0,
  kvCacheUsage: 0.5,
  prefixCacheHitRatio: null,
  tokensPerSecond: null,
}

describe('metrics of engines', () => {
  it('show what is known of each, and no number for what is not', async () => {
    let observed: EngineObservation = {
      engines: [engine],
      gpus: [{ gpu: '0', usedBytes: 7, totalBytes: 8 }],
    }
    const metrics = createMetrics()
    metrics.observeEngines(() => observed)
    const { text } = await metrics.read()
    expect(text).toContain('llm_architect_engine_up{deployment="chat"} 1')
    expect(text).toContain('llm_architect_engine_restarts_total{deployment="chat"} 2')
    expect(text).toContain('llm_architect_engine_requests_waiting{deployment="chat"} 0')
    expect(text).toContain('llm_architect_engine_kv_cache_usage_ratio{deployment="chat"} 0.5')
    expect(text).toContain('llm_architect_gpu_memory_used_bytes{gpu="0"} 7')
    expect(text).not.toContain('prefix_cache_hit_ratio{')

    observed = { engines: [{ ...engine, isUp: false }], gpus: [] }
    const later = (await metrics.read()).text
    expect(later).toContain('llm_architect_engine_up{deployment="chat"} 0')
    expect(later).toContain('llm_architect_engine_restarts_total{deployment="chat"} 2')
    expect(later).not.toContain('gpu="0"')
  })
})
