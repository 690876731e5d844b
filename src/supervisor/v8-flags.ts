// The V8 flags of every process of the product; why, says docs/decisions/002-v8-flags.md. bin/bootstrap.mjs, which runs
// before anything is built, has the same ones.

export const v8Flags: readonly string[] = [
  '--no-maglev',
  '--no-turboshaft-load-elimination',
  '--no-allocation-site-pretenuring',
]
