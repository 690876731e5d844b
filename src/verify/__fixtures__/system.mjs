// A fake system in a process of its own, for the kill drill: writes its ledger to a file, has a child that ends with
// it unless told otherwise. argv[2] is JSON: {ledgerFile, upstream, search, loseEvery, orphan}. Prints {url, child}.

import { spawn } from 'node:child_process'
// biome-ignore lint/style/noRestrictedImports: a process of its own runs what was built
import { startFakeSystem } from '../../../dist/verify/testing.js'

const { orphan, ...options } = JSON.parse(process.argv[2])
const untilParentEnds = 'process.stdin.resume(); process.stdin.on("end", () => process.exit())'
const forTwentySeconds = 'setTimeout(() => {}, 20_000)'
const child = spawn(process.execPath, ['-e', orphan ? forTwentySeconds : untilParentEnds], {
  stdio: ['pipe', 'ignore', 'ignore'],
})
const search = (_knowledge, query) => [{ path: query.split(' ')[0], text: query }]
const system = await startFakeSystem({ ...options, search })
console.log(JSON.stringify({ url: system.url, child: child.pid }))
