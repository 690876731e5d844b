// Published figures of mixtures of experts, latent attention and hybrids; sources in published-models.ts.

import {
  decoder,
  head128,
  type Json,
  type PublishedModel,
  rounded,
  type Sizes,
  tied,
} from './published-model.js'

const kimiLinear: Json = decoder('kimi_linear', [2304, 9216, 27, 32, 32, 163840], {
  kv_lora_rank: 512,
  qk_rope_head_dim: 64,
  qk_nope_head_dim: 128,
  v_head_dim: 128,
  num_experts: 256,
  num_experts_per_token: 8,
  num_shared_experts: 1,
  moe_intermediate_size: 1024,
  first_k_dense_replace: 1,
  moe_router_activation_func: 'sigmoid',
  linear_attn_config: {
    num_heads: 32,
    head_dim: 128,
    short_conv_kernel_size: 4,
    kda_layers: [1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 14, 15, 17, 18, 19, 21, 22, 23, 25, 26],
  },
})

const graniteHybrid: Json = decoder('granitemoehybrid', [4096, 768, 40, 32, 8, 100352], {
  ...tied,
  layer_types: Array.from({ length: 40 }, (_, i) => (i % 10 === 5 ? 'attention' : 'mamba')),
  mamba_d_conv: 4,
  mamba_d_head: 64,
  mamba_d_state: 128,
  mamba_n_groups: 1,
  mamba_n_heads: 128,
  num_experts_per_tok: 10,
  num_local_experts: 72,
  shared_intermediate_size: 1536,
})

const nemotronNano: Json = decoder('nemotron_h', [4480, 15680, 56, 40, 8, 131072], {
  ...head128,
  conv_kernel: 4,
  hybrid_override_pattern: 'M-M-M-MM-M-M-M*-M-M-M*-M-M-M-M*-M-M-M-M*-M-MM-M-M-M-M-M-',
  mamba_head_dim: 80,
  mamba_num_heads: 128,
  n_groups: 8,
  ssm_state_size: 128,
})

const glm45 = (sizes: Sizes, experts: Json): Json =>
  decoder('glm4_moe', sizes, {
    ...head128,
    attention_bias: true,
    n_shared_experts: 1,
    num_experts_per_tok: 8,
    ...experts,
  })

export const publishedMixed: readonly PublishedModel[] = [
  // Experts
  { name: 'Qwen/Qwen3-30B-A3B', total: 30_532_122_624, kiB: 96, sources: 'K R' },
  { name: 'Qwen/Qwen3-235B-A22B', total: 235_093_634_560, kiB: 188, sources: 'K R' },
  {
    name: 'mistralai/Mixtral-8x7B-v0.1',
    billions: rounded(46.7, 0.05),
    sources: 'arXiv 2401.04088: 47B; Hub model page 46.7B',
  },
  { name: 'meta-llama/Llama-4-Scout-17B-16E-Instruct', total: 108_641_793_536, sources: 'K H' },
  {
    name: 'meta-llama/Llama-4-Maverick-17B-128E-Instruct',
    billions: rounded(402, 0.5),
    kiB: 192,
    sources: 'R; transformers model_doc/llama4 (402B)',
  },
  { name: 'openai/gpt-oss-20b', total: 20_914_757_184, kiB: 48, sources: 'K H R' },
  { name: 'openai/gpt-oss-120b', total: 116_829_156_672, kiB: 72, sources: 'K H R' },
  { name: 'MiniMaxAI/MiniMax-M2.5', billions: rounded(230, 5), kiB: 248, sources: 'R' },
  { name: 'MiniMaxAI/MiniMax-M2.7', total: 228_689_764_864, sources: 'H' },
  { name: 'zai-org/GLM-4.7', billions: rounded(355, 5), kiB: 368, sources: 'R' },
  {
    name: 'zai-org/GLM-4.5',
    billions: rounded(355, 5),
    kiB: 368,
    sources: 'R',
    config: glm45([5120, 12288, 92, 96, 8, 151552], {
      n_routed_experts: 160,
      moe_intermediate_size: 1536,
      first_k_dense_replace: 3,
      use_qk_norm: true,
    }),
  },
  // Latent attention
  { name: 'deepseek-ai/DeepSeek-V3', billions: rounded(671, 0.5), kiB: 68.6, kB: 70.272, sources: 'R I' },
  { name: 'deepseek-ai/DeepSeek-R1', billions: rounded(671, 0.5), kiB: 68.6, sources: 'R' },
  { name: 'deepseek-ai/DeepSeek-V3.2', billions: rounded(671, 1), kiB: 68.6, sources: 'R' },
  {
    name: 'moonshotai/Kimi-K2-Instruct',
    billions: rounded(1026.408, 0.001),
    kiB: 68.6,
    sources: 'K R (1,026,408,235,864 on the Hub)',
  },
  { name: 'moonshotai/Kimi-K2.5', billions: rounded(1000, 50), kiB: 68.6, sources: 'R' },
  { name: 'zai-org/GLM-5', billions: rounded(744, 0.5), kiB: 87.8, sources: 'R' },
  {
    name: 'zai-org/GLM-5.2',
    billions: rounded(744, 1),
    kiB: 87.8,
    sources: 'architecture card of 2026-06-16 in the index of public GitHub sources',
  },
  {
    name: 'deepseek-ai/DeepSeek-V4-Pro',
    billions: rounded(1600, 50),
    kiB: 7.7,
    sources:
      'architecture card of 2026-04-22 in the index of public GitHub sources (compressed entries only)',
  },
  { name: 'deepseek-ai/DeepSeek-V4-Flash', billions: rounded(284, 0.5), sources: 'model card' },
  // Hybrids
  {
    name: 'moonshotai/Kimi-Linear-48B-A3B-Base',
    billions: rounded(48, 1.5),
    kiB: 7.9,
    sources: 'R',
    config: kimiLinear,
  },
  { name: 'Qwen/Qwen3.5-397B-A17B', billions: rounded(397, 0.5), kiB: 30, sources: 'R' },
  {
    name: 'nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-BF16',
    billions: rounded(31.6, 0.05),
    kiB: 6,
    sources: 'R; Hub model page 31.6B',
  },
  { name: 'nvidia/NVIDIA-Nemotron-3-Super-120B-A12B-FP8', billions: rounded(120, 1), kiB: 8, sources: 'R' },
  { name: 'nvidia/NVIDIA-Nemotron-Nano-9B-v2', total: 8_888_227_328, sources: 'K', config: nemotronNano },
  {
    name: 'nvidia/Llama-3_3-Nemotron-Super-49B-v1',
    billions: rounded(49.9, 0.05),
    sources: 'Hub model page',
  },
  { name: 'ibm-granite/granite-4.0-h-small', total: 32_207_337_984, sources: 'K', config: graniteHybrid },
]
