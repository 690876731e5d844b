// Whether a pattern of a quantization list names a module. Publishers write `lm_head`, `re:.*self_attn.*`,
// `model.language_model.layers.3.mlp*` or `*.ffn.shared_experts.*`; modules here are `layers.3.mlp.down_proj`.

/** Other names of the same parts. */
const synonyms: readonly (readonly [RegExp, string])[] = [
  [/^re:/, ''],
  [/block_sparse_moe|feed_forward|\bffn\b/g, 'mlp'],
  [/\bshared_expert\b/g, 'shared_experts'],
  [/(^|\.|\*)attn\b/g, '$1self_attn'],
  [/\bexperts\.\d+/g, 'experts'],
  [/\bw1\b/g, 'gate_proj'],
  [/\bw3\b/g, 'up_proj'],
  [/\bw2\b/g, 'down_proj'],
  [/\brouter\b/g, 'gate'],
  [/\bindexers_proj\b/, 'indexer.weights_proj'],
]

const compile = (pattern: string): RegExp => {
  const name = synonyms.reduce((text, [from, to]) => text.replace(from, to), pattern)
  if (pattern.startsWith('re:')) return new RegExp(name)
  // Everything before the layer's number depends on the class that wraps the model.
  const local = /^mtp/.test(name)
    ? name
    : name.replace(/^.*?\blayers\./, 'layers.').replace(/^(model|language_model|backbone)\./, '')
  const glob = local.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*')
  return new RegExp(`(^|\\.)${glob}($|\\.)`)
}

/** @returns whether the pattern names a module such as `layers.3.mlp.down_proj`, `lm_head` or `mtp.fc` */
export const moduleMatcher = (pattern: string): ((module: string) => boolean) => {
  const expression = compile(pattern)
  return (module) => expression.test(module)
}
