// The longest request that a configuration file allows, as vLLM derives it (`_get_and_verify_max_len`, 0.11 to 0.13).

import { type Fields, isObject } from './fields.js'

/** Types whose `max_position_embeddings` is the stretched length already. */
const stretched = new Set(['su', 'longrope', 'llama3', 'default', 'mrope'])

/** Tokens; null where the file says nothing. YaRN stretches its original length, other types that of the file. */
export const contextLength = (f: Fields): number | null => {
  const most = f.count('max_position_embeddings', 'n_positions', 'seq_length')
  // The length of Gemma 3 is the stretched one.
  if (most === null || f.text('model_type')?.startsWith('gemma3')) return most
  const rope = ropeOf(f)
  const type = rope?.text('rope_type') ?? rope?.text('type') ?? 'default'
  if (!rope || stretched.has(type)) return most
  const original = type === 'yarn' ? rope.count('original_max_position_embeddings') : null
  return Math.floor((original ?? most) * (rope.number('factor') ?? 1))
}

/** `rope_parameters` of Transformers 5 may hold one for each kind of layer; all stretch alike. */
const ropeOf = (f: Fields): Fields | null => {
  for (const name of ['rope_parameters', 'rope_scaling'] as const) {
    const rope = f.section(name)
    if (!rope) continue
    const kinds = Object.entries(f.record(name) ?? {}).flatMap(([kind, value]) =>
      isObject(value) ? [kind] : [],
    )
    return rope.section(...kinds.toSorted((a, b) => Number(isFull(b)) - Number(isFull(a)))) ?? rope
  }
  return null
}

const isFull = (kind: string): boolean => kind.startsWith('full')
