// The package's `llm-architect/testing`: a chat model for tests of whatever is built on the chat contract.

export { createManualClock, type ManualClock } from '../core/index.js'
export type { ChatCall, ChatEvent, ChatModel, ChatRequest, ChatStream, Frame, Outcome } from './contract.js'
export {
  createScriptedModel,
  type Script,
  type ScriptedModel,
  type ScriptedModelOptions,
} from './engines/scripted.js'
export type { ScriptedAnswer } from './engines/scripted-answer.js'
export { type Answer, type AnswerChoice, generate, partialAnswerOf } from './generate.js'
