// The renderer of every message of the product.

import { accessMessages } from '../access/index.js'
import { auditMessages } from '../audit/index.js'
import { batchMessages } from '../batches/index.js'
import { catalogMessages, engineMessages } from '../catalog/index.js'
import { coreMessages, createRenderer, type Message, type Renderer } from '../core/index.js'
import { fileMessages } from '../files/index.js'
import { gatewayMessages } from '../gateway/index.js'
import { guardrailsMessages } from '../guardrails/index.js'
import { jobMessages } from '../jobs/index.js'
import { ledgerMessages } from '../ledger/index.js'
import { llmMessages, weightsMessages } from '../llm/index.js'
import { plannerMessages } from '../planner/index.js'
import { ragMessages } from '../rag/index.js'
import { specMessages } from '../spec/index.js'
import { storeMessages } from '../store/index.js'
import { supervisorMessages } from '../supervisor/index.js'
import { verifyMessages } from '../verify/index.js'
import { cliMessages } from './messages.js'
import { optionalEngineMessages } from './optional-engines/messages.js'

const renderKnown = createRenderer(
  coreMessages,
  storeMessages,
  supervisorMessages,
  specMessages,
  catalogMessages,
  engineMessages,
  llmMessages,
  weightsMessages,
  jobMessages,
  fileMessages,
  batchMessages,
  plannerMessages,
  guardrailsMessages,
  ragMessages,
  accessMessages,
  auditMessages,
  ledgerMessages,
  gatewayMessages,
  verifyMessages,
  cliMessages,
  optionalEngineMessages,
)

/** What a running system said, it has rendered itself: see `serverError`. */
const isServersOwn = ({ code, params }: Message) =>
  /^(admin|answer)\./.test(code) && typeof params.message === 'string'

export const render: Renderer = (message, language) =>
  isServersOwn(message) ? (message.params.message as string) : renderKnown(message, language)
