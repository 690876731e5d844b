// Published figures of dense models; sources in published-models.ts.

import {
  decoder,
  head128,
  type Json,
  type PublishedModel,
  rounded,
  type Sizes,
  tied,
} from './published-model.js'

const gemma2 = { head_dim: 256, sliding_window: 4096 }

/** Gemma 3 with its SigLIP tower (so400m, 896 pixels). */
const gemma3 = (sizes: Sizes, head_dim: number): Json => ({
  model_type: 'gemma3',
  text_config: decoder('gemma3_text', sizes, { head_dim, sliding_window: 1024, sliding_window_pattern: 6 }),
  vision_config: {
    hidden_size: 1152,
    intermediate_size: 4304,
    num_hidden_layers: 27,
    patch_size: 14,
    image_size: 896,
  },
})

/** Mistral Small 3 with its Pixtral tower. */
const mistral3: Json = {
  model_type: 'mistral3',
  text_config: decoder('mistral', [5120, 32768, 40, 32, 8, 131072], head128),
  vision_config: { hidden_size: 1024, intermediate_size: 4096, num_hidden_layers: 24, patch_size: 14 },
}

export const publishedDense: readonly PublishedModel[] = [
  {
    name: 'meta-llama/Llama-2-7b-hf',
    total: 6_738_417_664 - 32 * 64,
    sources: 'K, less the rotary tables that this old checkpoint stores',
    config: decoder('llama', [4096, 11008, 32, 32, 32, 32000]),
  },
  {
    name: 'meta-llama/Llama-2-13b-hf',
    total: 13_015_866_880 - 40 * 64,
    sources: 'K, less the rotary tables that this old checkpoint stores',
    config: decoder('llama', [5120, 13824, 40, 40, 40, 32000]),
  },
  {
    name: 'meta-llama/Meta-Llama-3-8B',
    total: 8_030_261_248,
    kiB: 128,
    sources: 'K R',
    config: decoder('llama', [4096, 14336, 32, 32, 8, 128256]),
  },
  { name: 'meta-llama/Meta-Llama-3.1-8B', total: 8_030_261_248, kiB: 128, sources: 'K R' },
  { name: 'meta-llama/Meta-Llama-3.1-70B', total: 70_553_706_496, sources: 'K H' },
  {
    name: 'meta-llama/Meta-Llama-3.1-405B',
    billions: rounded(406, 0.5),
    kB: 516.096,
    sources: 'I; Hub model page',
  },
  {
    name: 'meta-llama/Llama-3.2-1B-Instruct',
    total: 1_235_814_400,
    kiB: 32,
    sources: 'H R',
    config: decoder('llama', [2048, 8192, 16, 32, 8, 128256], { ...tied, head_dim: 64 }),
  },
  {
    name: 'meta-llama/Llama-3.2-3B-Instruct',
    total: 3_212_749_824,
    sources: 'K H',
    config: decoder('llama', [3072, 8192, 28, 24, 8, 128256], { ...tied, ...head128 }),
  },
  { name: 'mistralai/Mistral-7B-v0.1', total: 7_241_732_096, sources: 'K' },
  {
    name: 'mistralai/Mistral-7B-Instruct-v0.3',
    total: 7_248_023_552,
    sources: 'K H',
    config: decoder('mistral', [4096, 14336, 32, 32, 8, 32768]),
  },
  {
    name: 'mistralai/Mistral-Nemo-Instruct-2407',
    total: 12_247_782_400,
    sources: 'K',
    config: decoder('mistral', [5120, 14336, 40, 32, 8, 131072], head128),
  },
  {
    name: 'mistralai/Ministral-8B-Instruct-2410',
    total: 8_019_808_256,
    sources: 'H',
    config: decoder('mistral', [4096, 12288, 36, 32, 8, 131072], head128),
  },
  {
    name: 'mistralai/Mistral-Small-3.2-24B-Instruct-2506',
    total: 24_011_361_280,
    kiB: 160,
    sources: 'K R',
    config: mistral3,
  },
  {
    name: 'Qwen/Qwen2.5-0.5B-Instruct',
    total: 494_032_768,
    sources: 'H',
    config: decoder('qwen2', [896, 4864, 24, 14, 2, 151936], tied),
  },
  {
    name: 'Qwen/Qwen2.5-1.5B-Instruct',
    total: 1_543_714_304,
    sources: 'H',
    config: decoder('qwen2', [1536, 8960, 28, 12, 2, 151936], tied),
  },
  {
    name: 'Qwen/Qwen2.5-3B-Instruct',
    total: 3_085_938_688,
    sources: 'H',
    config: decoder('qwen2', [2048, 11008, 36, 16, 2, 151936], tied),
  },
  { name: 'Qwen/Qwen2.5-7B-Instruct', total: 7_615_616_512, sources: 'K H' },
  { name: 'Qwen/Qwen2.5-72B-Instruct', total: 72_706_203_648, kB: 327.68, sources: 'K I' },
  {
    name: 'Qwen/Qwen3-4B',
    total: 4_022_468_096,
    kiB: 144,
    sources: 'H R',
    config: decoder('qwen3', [2560, 9728, 36, 32, 8, 151936], { ...tied, ...head128 }),
  },
  { name: 'Qwen/Qwen3-8B', total: 8_190_735_360, kiB: 144, sources: 'K H R' },
  { name: 'Qwen/Qwen3-32B', total: 32_762_123_264, kiB: 256, sources: 'K H R' },
  {
    name: 'google/gemma-2-2b-it',
    total: 2_614_341_888,
    sources: 'H',
    config: decoder('gemma2', [2304, 9216, 26, 8, 4, 256000], gemma2),
  },
  {
    name: 'google/gemma-2-9b-it',
    total: 9_241_705_984,
    sources: 'K',
    config: decoder('gemma2', [3584, 14336, 42, 16, 8, 256000], gemma2),
  },
  {
    name: 'google/gemma-2-27b-it',
    total: 27_227_128_320,
    sources: 'K',
    config: decoder('gemma2', [4608, 36864, 46, 32, 16, 256000], { ...gemma2, ...head128 }),
  },
  { name: 'google/gemma-3-1b-it', total: 999_885_952, sources: 'H' },
  {
    name: 'google/gemma-3-270m',
    billions: rounded(0.27, 0.005),
    kiB: 18,
    sources: 'R',
    config: decoder('gemma3_text', [640, 2048, 18, 4, 1, 262144], {
      head_dim: 256,
      sliding_window: 512,
      sliding_window_pattern: 6,
    }),
  },
  {
    name: 'google/gemma-3-4b-it',
    total: 4_300_079_472,
    sources: 'K H',
    config: gemma3([2560, 10240, 34, 8, 4, 262208], 256),
  },
  {
    name: 'google/gemma-3-12b-it',
    total: 12_187_325_040,
    sources: 'K',
    config: gemma3([3840, 15360, 48, 16, 8, 262208], 256),
  },
  {
    name: 'google/gemma-3-27b-it',
    total: 27_432_406_640,
    kiB: 496,
    sources: 'K R',
    config: gemma3([5376, 21504, 62, 32, 16, 262208], 128),
  },
  { name: 'microsoft/Phi-3-mini-4k-instruct', total: 3_821_079_552, sources: 'K H' },
  { name: 'microsoft/phi-4', total: 14_659_507_200, kiB: 200, sources: 'K H R' },
  {
    name: 'microsoft/Phi-4-mini-instruct',
    total: 3_836_021_760,
    sources: 'K H',
    config: decoder('phi3', [3072, 8192, 32, 24, 8, 200064], { ...tied, sliding_window: 262144 }),
  },
  {
    name: 'allenai/OLMo-2-1124-7B-Instruct',
    total: 7_298_617_344,
    kiB: 512,
    sources: 'H R',
    config: decoder('olmo2', [4096, 11008, 32, 32, 32, 100352]),
  },
  {
    name: 'allenai/Olmo-3-1025-7B',
    billions: rounded(7, 0.5),
    kiB: 512,
    sources: 'R',
    config: decoder('olmo3', [4096, 11008, 32, 32, 32, 100278], { sliding_window: 4096 }),
  },
  {
    name: 'allenai/Olmo-3-32B-Think',
    billions: rounded(32, 0.5),
    kiB: 256,
    sources: 'R',
    config: decoder('olmo3', [5120, 27648, 64, 40, 8, 100278], { sliding_window: 4096 }),
  },
  {
    name: 'HuggingFaceTB/SmolLM2-135M-Instruct',
    total: 134_515_008,
    sources: 'H',
    config: decoder('llama', [576, 1536, 30, 9, 3, 49152], tied),
  },
  {
    name: 'HuggingFaceTB/SmolLM2-360M-Instruct',
    total: 361_821_120,
    sources: 'H',
    config: decoder('llama', [960, 2560, 32, 15, 5, 49152], tied),
  },
  {
    name: 'HuggingFaceTB/SmolLM2-1.7B-Instruct',
    total: 1_711_376_384,
    sources: 'H',
    config: decoder('llama', [2048, 8192, 24, 32, 32, 49152], tied),
  },
  {
    name: 'HuggingFaceTB/SmolLM3-3B',
    total: 3_075_098_624,
    kiB: 72,
    sources: 'H R',
    config: decoder('smollm3', [2048, 11008, 36, 16, 4, 128256], tied),
  },
  {
    name: 'ibm-granite/granite-3.3-2b-instruct',
    total: 2_533_539_840,
    sources: 'H',
    config: decoder('granite', [2048, 8192, 40, 32, 8, 49159], tied),
  },
  {
    name: 'ibm-granite/granite-3.3-8b-instruct',
    total: 8_170_864_640,
    sources: 'H',
    config: decoder('granite', [4096, 12800, 40, 32, 8, 49159], tied),
  },
]
