// Tries to take the lock of argv[2], prints `taken` or the error's code, and lives on when it has it.

// biome-ignore lint/style/noRestrictedImports: a process of its own runs what was built
import { acquireDirectoryLock } from '../../../dist/supervisor/index.js'

try {
  await acquireDirectoryLock(process.argv[2], { url: 'http://127.0.0.1:1' })
  console.log('taken')
  setInterval(() => {}, 60_000)
} catch (error) {
  console.log(error.code)
}
