import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createRenderer } from '../core/index.js'
import { explainEngineEnd } from './engine-failures.js'
import { engineMessages } from './engine-messages.js'

const render = createRenderer(engineMessages)
const end = { deployment: 'chat', address: 'http://127.0.0.1:8000', log: 'chat.log', exit: 'exit code 1' }
const explain = (lines: readonly string[], exit = end.exit) => explainEngineEnd({ ...end, lines, exit })
/** What vLLM 0.32.0 printed on a CPU on 2026-11-25, paths shortened. */
const recorded = (name: string) =>
  readFileSync(new URL(`./__fixtures__/vllm-0.32.0-${name}.txt`, import.meta.url), 'utf8').split('\n')

describe('the end of a real vLLM', () => {
  it.each([
    ['wrong-flag', 'engine.flag-refused', { line: 'error: unrecognized arguments: --max-modle-len 512' }],
    ['no-folder', 'engine.model-missing', { line: expect.stringContaining("'/models/nothing-here'") }],
    ['unknown-model', 'engine.model-missing', { line: expect.stringContaining('LocalEntryNotFoundError: ') }],
    ['no-weights', 'engine.model-missing', { line: 'Cannot find any model weights with `/models/empty`' }],
    ['port-taken', 'engine.port-taken', { address: end.address, by: null }],
    ['context-too-long', 'engine.context-too-long', { wanted: '1000000', possible: '1024' }],
    ['cache-too-small', 'engine.cache-too-small', { wanted: '1024', possible: '128' }],
  ])('with %s is %s', (name, code, params) => {
    expect(explain(recorded(name))).toMatchObject({ code, params, retryable: false })
  })
})

describe('the end of an engine', () => {
  it.each([
    ["error: unexpected argument '--max-total' found", 'engine.flag-refused'],
    ['error: invalid argument: --ctx-sise', 'engine.flag-refused'],
    ["tritonserver: unrecognized option '--model-repo'", 'engine.flag-refused'],
    ["main: couldn't bind HTTP server socket, hostname: 127.0.0.1, port: 8080", 'engine.port-taken'],
    ["E1125 grpc_server.cc:2513] Socket '0.0.0.0:8000' already in use", 'engine.port-taken'],
    ['torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.96 GiB.', 'engine.out-of-gpu-memory'],
    [
      'ggml_backend_cuda_buffer_type_alloc_buffer: cudaMalloc failed: out of memory',
      'engine.out-of-gpu-memory',
    ],
    [
      'ValueError: Free memory on device (3.2/79.1 GiB) on startup is less than desired GPU memory utilization (0.9, 71.2 GiB).',
      'engine.out-of-gpu-memory',
    ],
    [
      'ValueError: No available memory for the cache blocks. Try increasing `gpu_memory_utilization` when initializing the engine.',
      'engine.no-cache-memory',
    ],
    [
      "RuntimeError: [enforce fail at alloc_cpu.cpp:75] . DefaultCPUAllocator: can't allocate memory",
      'engine.out-of-memory',
    ],
    ["terminate called after throwing an instance of 'std::bad_alloc'", 'engine.out-of-memory'],
    ['RuntimeError: Failed to infer device type', 'engine.gpu-missing'],
    ['RuntimeError: Found no NVIDIA driver on your system.', 'engine.gpu-missing'],
    ['ImportError: libcuda.so.1: cannot open shared object file: No such file', 'engine.gpu-missing'],
    [
      "ValueError: Model architectures ['NewForCausalLM'] are not supported for now.",
      'engine.model-unsupported',
    ],
    [
      "gguf_init_from_file: failed to open GGUF file 'models/x.gguf' (No such file or directory)",
      'engine.model-missing',
    ],
    ['error: creating server: Internal - failed to load all models', 'engine.model-missing'],
    ['OSError: You are trying to access a gated repo.', 'engine.model-gated'],
    ["/usr/bin/python: No module named 'sglang'", 'engine.program-missing'],
  ])('with "%s" is %s, in both languages', (line, code) => {
    const error = explain(['INFO starting', line])
    expect(error).toMatchObject({ code, retryable: false, params: { deployment: 'chat' } })
    expect(render(error, 'en')).toContain('Deployment "chat"')
    expect(render(error, 'zh-TW')).toContain('部署「chat」')
  })

  it.each(['signal SIGKILL', 'exit code 137'])('with %s and no word is for lack of memory', (exit) => {
    expect(explain(['Loading safetensors checkpoint shards: 50%'], exit)).toMatchObject({
      code: 'engine.out-of-memory',
    })
  })

  it('that nothing explains is told with its last line, and worth a second attempt', () => {
    expect(explain(['one', 'Segmentation fault'], 'signal SIGSEGV')).toMatchObject({
      code: 'engine.ended',
      retryable: true,
      params: { exit: 'signal SIGSEGV', line: 'Segmentation fault', log: 'chat.log' },
    })
  })
})
