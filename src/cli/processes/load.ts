// Entry of the load generator's process: one method, `run`, that offers one load and returns its records.

import { systemClock } from '../../core/index.js'
import { serveParent } from '../../supervisor/index.js'
import { type LoadOrder, runLoad } from '../../verify/index.js'

serveParent({
  methods: {
    run: (order: LoadOrder, signal, onProgress) => runLoad(order, { clock: systemClock, signal, onProgress }),
  },
})
