// An error as clients see it where nobody renders it in their language.

import type { ArchitectError } from '../../core/index.js'
import type { ErrorBody } from './wire-codec.js'

export const defaultError = (error: ArchitectError): ErrorBody => ({
  message: error.message,
  type: 'server_error',
  code: error.code,
  param: null,
})
