// The licence of a model, as its source states it. Knows no law: only which ones ask for nothing but attribution.

export interface Licence {
  /** As the source writes it, such as `apache-2.0`; null when it says nothing. */
  readonly id: string | null
  /** Where its text stands, when the source says so. */
  readonly link: string | null
}

const permissive =
  /^(apache-2\.0|apache 2\.0|apache license 2\.0|mit|mit license|bsd(-[234]-clause)?|0bsd|cc-by-[1-4]\.0|cc0-1\.0)$/i

export const isPermissive = ({ id }: Licence): boolean => id !== null && permissive.test(id.trim())

export const unknownLicence: Licence = { id: null, link: null }

const classifiers: readonly (readonly [RegExp, string])[] = [
  [/Apache Software License/, 'apache-2.0'],
  [/MIT License/, 'mit'],
  [/BSD License/, 'bsd'],
]

/** The licence of a Python package, from its METADATA (PEP 639 first, then the older fields). */
export const licenceOfMetadata = (metadata: string): Licence => {
  const head = metadata.split(/\r?\n\r?\n/, 1)[0] ?? ''
  const field = (name: string) => new RegExp(`^${name}: (.{1,100})$`, 'im').exec(head)?.[1]?.trim() ?? null
  const classified = classifiers.find(([pattern]) =>
    new RegExp(`^Classifier: License :: .*${pattern.source}`, 'm').test(head),
  )
  return { id: field('License-Expression') ?? field('License') ?? classified?.[1] ?? null, link: null }
}
