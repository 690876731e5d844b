// All texts of the room.

import { defineMessages } from '../core/index.js'
import { assessmentMessages } from './assessment/assessment-messages.js'
import { fitMessages } from './fit/fit-messages.js'
import { machineMessages } from './machine/machine-messages.js'
import { designMessages } from './search/design-messages.js'
import { trafficMessages } from './traffic/traffic-messages.js'

export const plannerMessages = defineMessages({
  ...assessmentMessages,
  ...designMessages,
  ...fitMessages,
  ...machineMessages,
  ...trafficMessages,
})
