// The renderer of every message of the product.

import { coreMessages, createRenderer } from '../core/index.js'
import { specMessages } from '../spec/index.js'
import { cliMessages } from './messages.js'

export const render = createRenderer(coreMessages, specMessages, cliMessages)
