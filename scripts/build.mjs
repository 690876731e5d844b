// `npm run build`: installs what is missing and compiles src/ to dist/.

import { ensureBuilt, ensureInstalled } from '../bin/bootstrap.mjs'

await ensureInstalled()
await ensureBuilt()
