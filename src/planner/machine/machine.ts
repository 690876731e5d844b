// What a design for this machine needs to know of it, what it says about it, and what it predicts. Types only.

import type { Message } from '../../core/index.js'
import type { Architecture } from '../../spec/index.js'
import type { LocalRates } from '../speed/local-engine.js'

/** An engine that answers on this machine. */
export interface FoundEngine {
  readonly name: string
  /** Its OpenAI-compatible address, with `/v1`; of Triton its origin. */
  readonly address: string
  readonly models: readonly string[]
}

/** A GPU of this machine, as its vendor's tool names it. */
export interface FoundAccelerator {
  readonly vendor: 'NVIDIA' | 'AMD'
  readonly name: string
  readonly memoryGiB: number
  readonly driver: string | null
}

export interface MachineFacts {
  readonly cores: number
  readonly memoryGiB: number
  readonly cpuModel: string
  readonly instructionSets: readonly string[]
  readonly accelerators: readonly FoundAccelerator[]
  readonly engines: readonly FoundEngine[]
  /** Names of environment variables that hold a provider's key. */
  readonly apiKeys: readonly string[]
  /** Speed of one core; 1.0 = the reference core. */
  readonly speedScore: number
  /** How fast the built-in engine runs models here; absent while nobody has measured it. */
  readonly localRates?: LocalRates
}

/** What a row of the scorecard will measure, written down before it is measured. */
export interface Prediction {
  /** Identifier of the row. */
  readonly id: string
  readonly value: number
  readonly unit: string
  /** Four in five measurements should fall between. */
  readonly low: number
  readonly high: number
}

/** An engine that is there and was not used: the user asks for it by this name. */
export interface EngineHint {
  /** `ollama`, or `ollama:MODEL`. */
  readonly name: string
  readonly commandLine: string
  readonly message: Message
}

export interface MachineDesign {
  /** Null when this machine has no engine for the use case; the hints say what would help. */
  readonly architecture: Architecture | null
  readonly predictions: readonly Prediction[]
  readonly hints: readonly EngineHint[]
  readonly reasons: readonly Message[]
}
