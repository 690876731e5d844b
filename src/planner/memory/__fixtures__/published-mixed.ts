// Published figures of mixtures of experts, latent attention and hybrids; sources in published-models.ts.

import { type PublishedModel, rounded } from './published-model.js'

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
  { name: 'zai-org/GLM-4.5', billions: rounded(355, 5), kiB: 368, sources: 'R' },
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
  {
    name: 'nvidia/NVIDIA-Nemotron-3-Ultra-550B-A55B-BF16',
    billions: rounded(550, 12),
    kiB: 12,
    sources: 'architecture card of 2026-06-03 in the index of public GitHub sources',
  },
  // Hybrids
  { name: 'moonshotai/Kimi-Linear-48B-A3B-Base', billions: rounded(48, 1.5), kiB: 7.9, sources: 'R' },
  { name: 'Qwen/Qwen3.5-397B-A17B', billions: rounded(397, 0.5), kiB: 30, sources: 'R' },
  {
    name: 'nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-BF16',
    billions: rounded(31.6, 0.05),
    kiB: 6,
    sources: 'R; Hub model page 31.6B',
  },
  { name: 'nvidia/NVIDIA-Nemotron-3-Super-120B-A12B-FP8', billions: rounded(120, 1), kiB: 8, sources: 'R' },
  { name: 'nvidia/NVIDIA-Nemotron-Nano-9B-v2', total: 8_888_227_328, sources: 'K' },
  {
    name: 'nvidia/Llama-3_3-Nemotron-Super-49B-v1',
    billions: rounded(49.9, 0.05),
    sources: 'Hub model page',
  },
  { name: 'ibm-granite/granite-4.0-h-small', total: 32_207_337_984, sources: 'K' },
]
