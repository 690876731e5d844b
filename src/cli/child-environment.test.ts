import { expect, it } from 'vitest'
import { childEnvironment } from './child-environment.js'

it('tells children where things are, what was compiled included, and no secret', () => {
  const environment = { PATH: '/bin', NODE_COMPILE_CACHE: '/cache', OPENAI_API_KEY: 'secret', TZ: undefined }
  expect(childEnvironment(environment)).toEqual({ PATH: '/bin', NODE_COMPILE_CACHE: '/cache' })
})
