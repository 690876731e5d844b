// Brings two ways of writing the same text together, so that markup, width and spacing decide no comparison.

/** NFKC (full-width digits and letters become narrow), lower case, every run of white space one space. */
export const foldText = (text: string): string =>
  text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()

/**
 * The letters and digits of a text in order, with decimal points and percent signs: what is left of a passage when
 * Markdown, table rules, spacing and punctuation are not looked at.
 */
export const bareText = (text: string): string =>
  foldText(text)
    .replace(/\]\([^)\s]*\)/g, '')
    .replace(/(?<=\d),(?=\d)/g, '')
    .match(/[\p{L}\p{N}%]|(?<=\d)\.(?=\d)/gu)
    ?.join('') ?? ''
