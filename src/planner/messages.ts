// All texts of the room.

import { defineMessages } from '../core/index.js'
import { launchMessages } from './architecture/launch-messages.js'
import { assessmentMessages } from './assessment/assessment-messages.js'
import { conflictMessages } from './assessment/conflict-messages.js'
import { costMessages } from './cost/cost-messages.js'
import { recordMessages } from './decision-record/record-messages.js'
import { sumMessages } from './decision-record/sum-messages.js'
import { adviceMessages } from './fit/advice-messages.js'
import { fitMessages } from './fit/fit-messages.js'
import { machineMessages } from './machine/machine-messages.js'
import { designMessages } from './search/design-messages.js'
import { evidenceMessages } from './search/evidence-messages.js'
import { gateMessages } from './search/gate-messages.js'
import { whyNotMessages } from './search/why-not-messages.js'
import { trafficMessages } from './traffic/traffic-messages.js'

export const plannerMessages = defineMessages({
  ...assessmentMessages,
  ...conflictMessages,
  ...costMessages,
  ...designMessages,
  ...launchMessages,
  ...evidenceMessages,
  ...gateMessages,
  ...whyNotMessages,
  ...adviceMessages,
  ...fitMessages,
  ...machineMessages,
  ...recordMessages,
  ...sumMessages,
  ...trafficMessages,
})
