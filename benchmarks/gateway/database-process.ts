// The embedded database of a benchmark, in a process of its own as the product runs it.

import { startEmbeddedDatabase } from '../../dist/store/index.js'
import { tellCpu } from './tell-cpu.ts'

await startEmbeddedDatabase({
  dataDirectory: null,
  socketDirectory: process.argv[2] ?? '',
  onFatal: (error) => {
    throw error
  },
})
process.stdout.write('0\n')
tellCpu()
