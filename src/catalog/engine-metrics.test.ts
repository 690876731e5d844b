import { describe, expect, it } from 'vitest'
import { readEngineLoad } from './engine-metrics.js'

const unknown = {
  running: null,
  waiting: null,
  kvCacheUsage: null,
  prefixCacheHitRatio: null,
  generatedTokens: null,
  tokensPerSecond: null,
}

describe('readEngineLoad', () => {
  it('adds up counts over series, and takes the highest share', () => {
    const text = `# HELP vllm:num_requests_running Number of requests in model execution batches.
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="a b"} 3.0
vllm:num_requests_running{engine="1",model_name="a b"} 2.0
vllm:num_requests_waiting_by_reason{engine="0",reason="capacity"} 9.0
vllm:num_requests_waiting{engine="0"} 1.0
vllm:kv_cache_usage_perc{engine="0"} 0.125
vllm:kv_cache_usage_perc{engine="1"} 0.5
vllm:prefix_cache_queries_total{engine="0"} 1.0e+03
vllm:prefix_cache_hits_total{engine="0"} 250.0
vllm:generation_tokens_total{engine="0"} 42.0 1764000000000
`
    expect(readEngineLoad('vllm', text)).toEqual({
      running: 5,
      waiting: 1,
      kvCacheUsage: 0.5,
      prefixCacheHitRatio: 0.25,
      generatedTokens: 42,
      tokensPerSecond: null,
    })
  })

  it('reads whole numbers behind labels with spaces, with and without a time', () => {
    const text = [
      'nv_inference_pending_request_count{model="my model",version="1"} 3',
      'nv_inference_pending_request_count{model="a } b",version="1"} 4 1764000000000',
    ].join('\n')
    expect(readEngineLoad('triton', text).waiting).toBe(7)
  })

  it('takes the ratio and the rate that SGLang gives itself', () => {
    const text = 'sglang:cache_hit_rate{a="b"} 0.3\nsglang:gen_throughput{a="b"} 120.5\n'
    expect(readEngineLoad('sglang', text)).toMatchObject({ prefixCacheHitRatio: 0.3, tokensPerSecond: 120.5 })
  })

  it('never makes a number of what is not there', () => {
    expect(readEngineLoad('llama.cpp', 'llamacpp:requests_processing NaN\n')).toEqual(unknown)
    expect(readEngineLoad('vllm', '<html>not metrics</html>')).toEqual(unknown)
    const cold = 'vllm:prefix_cache_queries_total 0\nvllm:prefix_cache_hits_total 0\n'
    expect(readEngineLoad('vllm', cold).prefixCacheHitRatio).toBeNull()
  })
})
