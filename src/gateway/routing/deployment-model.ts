// A chat deployment with its keys as one model.

import type { ChatModel, ChatStream } from '../../llm/index.js'
import { withOpen } from '../call.js'
import { type DeploymentPolicy, tryDeployment } from './try-deployment.js'
import { withSpent } from './with-spent.js'

const over = ({ outcome }: ChatStream) => outcome

/** @param keyed the deployment's model with each of its keys, in the order of the policy's breakers */
export const createDeploymentModel = (
  keyed: readonly [ChatModel, ...ChatModel[]],
  policy: DeploymentPolicy,
): ChatModel =>
  withOpen(keyed[0], async (request, call) => {
    const ask = (key: number) => (keyed[key] as ChatModel).open(request, call)
    const { answer, spent } = await tryDeployment(policy, call, { ask, over })
    return withSpent(answer, spent)
  })
