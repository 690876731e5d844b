// Why an engine ended, read from what it printed last. The phrases are the engines' own; a sample stands beside each.
// Looked for from the first to the last rule; an engine may print several, and the more telling ones stand first.
// What none of them explains is reported with the last line. Knows no process.

import type { ArchitectError } from '../core/index.js'
import { engineError } from './engine-messages.js'

export interface EngineEnd {
  readonly deployment: string
  readonly address: string
  readonly log: string
  /** `exit code 1`, `signal SIGKILL`. */
  readonly exit: string
  readonly lines: readonly string[]
}

interface Match {
  readonly end: EngineEnd
  readonly line: string
  readonly groups: readonly (string | undefined)[]
}

interface Rule {
  readonly pattern: RegExp
  explain(match: Match): ArchitectError
}

const placeOf = ({ deployment, log }: EngineEnd) => ({ deployment, log })

const rules: readonly Rule[] = [
  {
    // vLLM, SGLang (argparse): `vllm: error: unrecognized arguments: --max-modle-len 512`
    // TGI (clap): `error: unexpected argument '--max-total' found`
    // llama-server: `error: invalid argument: --ctx-sise`
    // Triton: `tritonserver: unrecognized option '--model-repo'`
    pattern:
      /error: (?:unrecognized arguments|argument \S+: (?:invalid|expected)|unexpected argument|invalid argument|invalid value|ambiguous option).*|unrecognized option .*|error while handling argument .*/,
    explain: ({ end, line }) => engineError('engine.flag-refused', { ...placeOf(end), line }),
  },
  {
    // vLLM: `OSError: [Errno 98] Address already in use`, llama-server: `couldn't bind HTTP server socket`,
    // Triton: `Socket '0.0.0.0:8000' already in use`
    pattern: /address already in use|couldn't bind HTTP server socket|Socket '[^']*' already in use/i,
    explain: ({ end: { deployment, address } }) =>
      engineError('engine.port-taken', { deployment, address, by: null }),
  },
  {
    // huggingface_hub: `You are trying to access a gated repo.`, `401 Client Error`
    pattern: /gated repo|GatedRepoError: |401 Client Error|Access to model .* is restricted/i,
    explain: ({ end }) => engineError('engine.model-gated', placeOf(end)),
  },
  {
    // vLLM: `ValueError: To serve at least one request with the models's max seq len (32768), (3.50 GiB KV cache is
    // needed, which is larger than the available KV cache memory (1.00 GiB). Based on the available memory, the
    // estimated maximum model length is 9344.`
    pattern: /max seq len \((\d+)\).*KV cache(?:.*estimated maximum model length is (\d+))?/,
    explain: ({ end, groups: [wanted, possible] }) =>
      engineError('engine.cache-too-small', {
        ...placeOf(end),
        wanted: wanted ?? null,
        possible: possible ?? null,
      }),
  },
  {
    // vLLM: `User-specified max_model_len (8192) is greater than the derived max_model_len
    // (max_position_embeddings=2048 or model_max_length=None in model's config.json).`
    pattern: /max_model_len \((\d+)\) is greater than the derived max_model_len \(\w+=(\d+)?/,
    explain: ({ end, groups: [wanted, possible] }) =>
      engineError('engine.context-too-long', {
        ...placeOf(end),
        wanted: wanted ?? null,
        possible: possible ?? null,
      }),
  },
  {
    // vLLM: `ValueError: No available memory for the cache blocks. Try increasing gpu_memory_utilization`
    // SGLang: `RuntimeError: Not enough memory. Please try to increase --mem-fraction-static.`
    pattern: /No available memory for the cache blocks|Not enough memory\. Please try to increase --mem/,
    explain: ({ end }) => engineError('engine.no-cache-memory', placeOf(end)),
  },
  {
    // PyTorch: `torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.96 GiB.`
    // vLLM: `Free memory on device (3.2/79.1 GiB) on startup is less than desired GPU memory utilization`
    // llama.cpp: `cudaMalloc failed: out of memory`, TGI: `Not enough memory to handle 4096 prefill tokens.`
    pattern:
      /OutOfMemoryError: .*|(?:CUDA|HIP) out of memory.*|cudaMalloc failed.*|Free memory on device .* on startup is less than desired.*|Not enough memory to handle \d+ prefill tokens.*/,
    explain: ({ end, line }) => engineError('engine.out-of-gpu-memory', { ...placeOf(end), line }),
  },
  {
    // PyTorch on a CPU: `DefaultCPUAllocator: can't allocate memory`; C++: `std::bad_alloc`; Python: `MemoryError`
    // llama.cpp: `ggml_aligned_malloc: insufficient memory (attempted to allocate 40960.00 MB)`
    pattern:
      /DefaultCPUAllocator: can't allocate memory|std::bad_alloc|^MemoryError|Cannot allocate memory|insufficient memory \(attempted/,
    explain: ({ end }) => engineError('engine.out-of-memory', placeOf(end)),
  },
  {
    // vLLM: `RuntimeError: Failed to infer device type`; PyTorch: `No CUDA GPUs are available`,
    // `Found no NVIDIA driver on your system.`; the loader: `libcuda.so.1: cannot open shared object file`
    pattern:
      /Failed to infer device type|No CUDA GPUs are available|Found no NVIDIA driver|no CUDA-capable device|libcuda\.so(?:\.1)?: cannot open|No accelerator .* is available/i,
    explain: ({ end, line }) => engineError('engine.gpu-missing', { ...placeOf(end), line }),
  },
  {
    // vLLM: `Model architectures ['NewForCausalLM'] are not supported for now.`; transformers: `The checkpoint you are
    // trying to load has model type `x` but Transformers does not recognize this architecture.`
    // llama.cpp: `error loading model architecture: unknown model architecture: 'x'`
    pattern:
      /Model architectures .* (?:are not supported|failed to be inspected).*|does not recognize this architecture.*|unknown model architecture.*/,
    explain: ({ end, line }) => engineError('engine.model-unsupported', { ...placeOf(end), line }),
  },
  {
    // transformers: `OSError: x is not a local folder and is not a valid model identifier listed on ...`
    // huggingface_hub: `Repo id must be in the form ...`, `LocalEntryNotFoundError`, `RepositoryNotFoundError`
    // vLLM: `Invalid repository ID or local directory specified: 'x'`, `Cannot find any model weights with `x``
    // llama.cpp: `gguf_init_from_file: failed to open GGUF file 'x'`, `error loading model: ...`
    // Triton: `failed to load all models`, `failed to stat file /models`
    pattern:
      /is not a local folder and is not a valid model identifier.*|Repo id must (?:be in the form|use alphanumeric).*|LocalEntryNotFoundError: .*|RepositoryNotFoundError: .*|Invalid repository ID or local directory specified.*|Cannot find any model weights.*|failed to open GGUF file.*|failed to load model.*|error loading model.*|failed to load all models.*|failed to stat file.*|couldn't connect to 'https:\/\/huggingface\.co'.*|Can't load the configuration of .*|does not appear to have a file named.*|outgoing traffic has been disabled.*/,
    explain: ({ end, line }) => engineError('engine.model-missing', { ...placeOf(end), line }),
  },
]

/** Sent by the kernel when memory runs out; a shell in between says it as 137. */
const killedByKernel = new Set(['signal SIGKILL', 'exit code 137'])

const longestQuote = 300
const quote = (line: string) => (line.length > longestQuote ? `${line.slice(0, longestQuote)}…` : line)

/** Why an engine ended before it answered; retryable when nothing says that a second attempt must fail too. */
export const explainEngineEnd = (end: EngineEnd): ArchitectError => {
  for (const { pattern, explain } of rules)
    for (const line of end.lines) {
      const match = pattern.exec(line)
      if (match) return explain({ end, line: quote(match[0]), groups: match.slice(1) })
    }
  const { deployment, log, exit, lines } = end
  if (killedByKernel.has(exit)) return engineError('engine.out-of-memory', { deployment, log })
  const module = /No module named '?([\w.]+)/.exec(lines.at(-1) ?? '')?.[1]
  if (module !== undefined)
    return engineError('engine.program-missing', {
      deployment,
      program: `the Python module ${module}`,
      install: `pip install ${module.split('.')[0]}`,
    })
  const line = quote(lines.at(-1) ?? '')
  return engineError('engine.ended', { deployment, log, exit, line }, { retryable: true })
}
