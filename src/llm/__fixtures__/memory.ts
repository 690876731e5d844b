// What a test needs to see how much is buffered where.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Lets the event loop turn, so that what is on its way within this process arrives. */
export const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** Waits until a number has stopped to change. */
export const untilStill = async (read: () => number) => {
  for (let before = -1, same = 0; same < 50; ) {
    const now = read()
    same = now === before ? same + 1 : 0
    before = now
    await turns(10)
  }
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Bytes in buffers that are still in use. */
export const heldBytes = async () => {
  // V8 gives buffers back in the background, and counts them at the next collection.
  for (let round = 0; round < 3; round++) {
    collectGarbage()
    await turns(1)
  }
  return process.memoryUsage().arrayBuffers
}
