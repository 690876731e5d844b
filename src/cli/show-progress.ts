// The progress of a verification on a terminal.

import type { VerificationProgress } from '../verify/index.js'
import type { Terminal } from './terminal.js'

export const showProgress =
  (terminal: Terminal) =>
  ({ area, step, done, total }: VerificationProgress): void =>
    terminal.progress(`${area}: ${step}`, done, total)
