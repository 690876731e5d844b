// The formats that weights come in. Knows no model.

/** Formats of llama.cpp's GGUF files. */
export type GgufPrecision = 'q8_0' | 'q6_k' | 'q5_k_m' | 'q4_k_m' | 'iq4_xs' | 'q4_0' | 'q3_k_m'

/** Formats of the weights. `int4` = AWQ or GPTQ with groups of 128. */
export type Precision = 'bf16' | 'fp8' | 'int8' | 'int4' | 'nvfp4' | 'mxfp4' | GgufPrecision
