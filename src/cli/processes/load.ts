// Entry of the load generator's process: one method, `run`, that offers one load and returns its records.

import { constants, setPriority } from 'node:os'
import { systemClock } from '../../core/index.js'
import { serveParent } from '../../supervisor/index.js'
import { type LoadOrder, runLoad } from '../../verify/index.js'

/**
 * The generator's clock should not wait for the system it measures where they share processors. Only an
 * administrator may ask for that; for others the validity gates tell whether it mattered.
 */
const askForPriority = () => {
  try {
    setPriority(constants.priority.PRIORITY_HIGH)
  } catch {
    // Not allowed: the gates watch over the schedule.
  }
}

askForPriority()
serveParent({
  methods: {
    run: (order: LoadOrder, signal, onProgress) => runLoad(order, { clock: systemClock, signal, onProgress }),
  },
})
