// A child whose main thread never returns: only the watching thread can end it.

// biome-ignore lint/style/noRestrictedImports: a process of its own runs what was built
import { watchParent } from '../../../dist/supervisor/parent-watch.js'

process.stdout.write('{"type":"ready"}\n')
watchParent({ lookEveryMs: 20, graceMs: 100 })
setTimeout(() => {
  for (;;);
}, 200)
