// `llm-architect/plugin`: what a plug-in module needs.

export { definePlugin, type EngineContext, type EngineFactory, type Plugin } from './cli/plugin.js'
