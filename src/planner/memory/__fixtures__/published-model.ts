// Form of the published figures, and a maker of configuration files from their few sizes.

export interface PublishedModel {
  readonly name: string
  readonly total?: number
  readonly billions?: { readonly value: number; readonly within: number }
  readonly kiB?: number
  readonly kB?: number
  readonly sources: string
  readonly config?: Readonly<Record<string, unknown>>
}

type Json = Readonly<Record<string, unknown>>

/** hidden, feed-forward, layers, heads, kv heads, vocabulary */
type Sizes = readonly [number, number, number, number, number, number]

export const decoder = (model_type: string, sizes: Sizes, rest: Json = {}): Json => {
  const [
    hidden_size,
    intermediate_size,
    num_hidden_layers,
    num_attention_heads,
    num_key_value_heads,
    vocab_size,
  ] = sizes
  return {
    model_type,
    hidden_size,
    intermediate_size,
    num_hidden_layers,
    num_attention_heads,
    num_key_value_heads,
    vocab_size,
    ...rest,
  }
}

export const rounded = (value: number, within: number) => ({ value, within })
