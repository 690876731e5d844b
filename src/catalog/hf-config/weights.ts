// Makers of weight records. Knows no configuration file.

import type { Component, Split, Weight } from '../model-shape.js'

interface MatrixOptions {
  readonly split?: Split
  /** How many such matrices, for experts. Default 1. */
  readonly count?: number
  readonly bias?: boolean
  readonly kvHeads?: number
}

/** `count` matrices of `outputs` x `inputs`, and their bias. */
export const matrix = (
  component: Component,
  module: string,
  [outputs, inputs]: readonly [number, number],
  { split = 'tensor', count = 1, bias = false, kvHeads }: MatrixOptions = {},
): readonly Weight[] => {
  const common = { component, module, split, ...(kvHeads === undefined ? {} : { kvHeads }) }
  const rows = outputs * count
  const main: Weight = { ...common, kind: 'matrix', parameters: rows * inputs, rows }
  return bias ? [main, { ...common, kind: 'vector', parameters: rows, rows: 0 }] : [main]
}

export const vector = (
  component: Component,
  module: string,
  parameters: number,
  split: Split = 'replicated',
): Weight => ({ component, module, kind: 'vector', parameters, rows: 0, split })

export const table = (module: string, rows: number, width: number): Weight => ({
  component: 'embeddings',
  module,
  kind: 'table',
  parameters: rows * width,
  rows: 0,
  split: 'vocabulary',
})
