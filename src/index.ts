// `llm-architect`: build and serve a system from an architecture.

export { buildSystem, type System, type SystemOptions } from './cli/build-system.js'
export { openResources, type ResourceOptions, type Resources } from './cli/open-resources.js'
export { type ServeOptions, type ServingSystem, serveSystem } from './cli/serve-system.js'
