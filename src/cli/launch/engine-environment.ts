// What an engine sees of the environment: where things are, and the variables of engines, GPUs and Python. No key of
// a provider, no secret of ours; what else it needs stands in launch.env.

import { childEnvironment } from '../child-environment.js'

const passedOn =
  /^(CUDA|NVIDIA|NCCL|ROCR|HIP|HSA|ROCM|GPU|HF|HUGGINGFACE|TRANSFORMERS|VLLM|SGLANG|SGL|TRITON|LLAMA|GGML|OMP|KMP|MKL|OPENBLAS|TORCH|PYTORCH|PYTHON|TOKENIZERS|RAY|XDG)_|^(LD_LIBRARY_PATH|LD_PRELOAD|VIRTUAL_ENV|CONDA_PREFIX|PYTHONPATH|PYTHONHOME|USER|LOGNAME|SHELL|SSL_CERT_FILE|SSL_CERT_DIR|REQUESTS_CA_BUNDLE|DO_NOT_TRACK|(https?|no|all)_proxy)$/i

export const engineEnvironment = (
  environment: Readonly<Record<string, string | undefined>>,
  added: Readonly<Record<string, string>>,
): Record<string, string> => ({
  ...childEnvironment(environment),
  ...Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value !== undefined && passedOn.test(name) ? [[name, value]] : [],
    ),
  ),
  ...added,
})
