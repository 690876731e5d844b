// Writes the designs beside the examples: examples/designs/designs/NAME with DESIGN.md, architecture.yaml and design.svg,
// from the requirements alone. What this machine has does not enter them.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadCatalogue } from '../dist/catalog/index.js'
import { assess, decisionRecord, design, paretoPlot } from '../dist/planner/index.js'
import { formatArchitecture, parseRequirements } from '../dist/spec/index.js'

const directory = join(import.meta.dirname, '..', 'examples', 'designs')
/** One design is also written in Traditional Chinese. */
const inBoth = ['residency']

const catalogue = loadCatalogue()
for (const file of readdirSync(directory).filter((name) => name.endsWith('.yaml'))) {
  const name = file.replace('.yaml', '')
  const requirements = parseRequirements(readFileSync(join(directory, file), 'utf8'))
  const assessment = assess(requirements, catalogue)
  const { report, architecture, launches } = design({ requirements, assessment, catalogue })
  const facts = { requirements, assessment, report, launches, catalogue }
  const folder = join(directory, 'designs', name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const put = (each, text) => writeFileSync(join(folder, each), text)
  put('DESIGN.md', decisionRecord(facts, { language: 'en', plotFile: 'design.svg' }))
  if (inBoth.includes(name))
    put('DESIGN.zh-TW.md', decisionRecord(facts, { language: 'zh-TW', plotFile: 'design.svg' }))
  put('design.svg', paretoPlot(facts, 'en'))
  if (architecture)
    put('architecture.yaml', formatArchitecture(architecture, { head: ['For the real load.'], beside: [] }))
}
