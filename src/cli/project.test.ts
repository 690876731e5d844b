import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findArchitecture, projectOf } from './project.js'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'project-'))
})
afterEach(() => rmSync(directory, { recursive: true }))
const state = () => join(directory, '.llm-architect')

describe('the architecture of a folder', () => {
  it('is the one that is given, then the local one, then the other, then the one that `start` left', () => {
    mkdirSync(state())
    expect(findArchitecture(undefined, directory)).toBe(join(directory, 'architecture.yaml'))
    for (const file of [join(state(), 'architecture.yaml'), join(state(), 'architecture.local.yaml')]) {
      writeFileSync(file, '')
      expect(findArchitecture(undefined, directory)).toBe(file)
    }
    for (const name of ['architecture.yaml', 'architecture.local.yaml']) {
      writeFileSync(join(directory, name), '')
      expect(findArchitecture(undefined, directory)).toBe(join(directory, name))
    }
    expect(findArchitecture('/other.yaml', directory)).toBe('/other.yaml')
  })

  it('has its state beside it, or is in it already', () => {
    expect(projectOf(join(directory, 'architecture.yaml')).stateDirectory).toBe(state())
    expect(projectOf(join(state(), 'architecture.local.yaml')).stateDirectory).toBe(state())
  })
})
