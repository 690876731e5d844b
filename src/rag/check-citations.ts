// Checks after generation that each citation leads to a stored text which says what the answer says. What does not
// hold is dropped and counted, not shown. Knows no index.

import { ArchitectError } from '../core/index.js'
import type { PassageReference } from '../llm/index.js'
import { plainOfMarkdown } from './markdown-inline.js'
import { normalizeText } from './search-text.js'

/** A span of the answer, in UTF-16 offsets, and the passage that supports it. */
export interface Citation {
  readonly passage: PassageReference
  readonly start: number
  readonly end: number
}

export interface InvalidCitation {
  readonly citation: Citation
  /**
   * `outside-answer`: its span is no part of the answer; `unresolved`: the passage is not stored;
   * `unsupported`: the passage does not hold the words.
   */
  readonly reason: 'outside-answer' | 'unresolved' | 'unsupported'
}

export interface CitationCheck {
  readonly valid: readonly Citation[]
  readonly invalid: readonly InvalidCitation[]
}

/**
 * Resolves each citation and looks for the cited words of the answer in the passage's text: word for word, white
 * space, markup and compatibility forms aside. For answers made of quotations; an answer in other words fails.
 * @param check.read the text at a reference's offsets; rejects when it is not stored
 */
export const checkCitations = async ({
  answer,
  citations,
  read,
}: {
  readonly answer: string
  readonly citations: readonly Citation[]
  readonly read: (reference: PassageReference) => Promise<string>
}): Promise<CitationCheck> => {
  const reasons = await Promise.all(citations.map((citation) => reasonAgainst(answer, citation, read)))
  return {
    valid: citations.filter((_, i) => reasons[i] === undefined),
    invalid: citations.flatMap((citation, i) => {
      const reason = reasons[i]
      return reason === undefined ? [] : [{ citation, reason }]
    }),
  }
}

const reasonAgainst = async (
  answer: string,
  { passage, start, end }: Citation,
  read: (reference: PassageReference) => Promise<string>,
): Promise<InvalidCitation['reason'] | undefined> => {
  if (!(start >= 0 && end > start && end <= answer.length)) return 'outside-answer'
  const cited = answer.slice(start, end)
  if (bareWords(cited) === '') return 'outside-answer'
  try {
    return holdsWords(await read(passage), cited) ? undefined : 'unsupported'
  } catch (error) {
    if (error instanceof ArchitectError && !error.retryable) return 'unresolved'
    throw error
  }
}

/** Whether a text holds the cited words: word for word, white space, markup and compatibility forms aside. */
export const holdsWords = (text: string, cited: string): boolean => bareWords(text).includes(bareWords(cited))

const bareWords = (text: string) => normalizeText(plainOfMarkdown(text)).replace(/\s+/g, ' ').trim()
