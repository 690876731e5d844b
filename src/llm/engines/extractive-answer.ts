// Puts an answer together out of quotations, each with its citation, or says that the documents do not hold it.

import { type Language, languageOfText, type Span } from '../../core/index.js'
import type { PassageReference } from '../contract.js'
import { candidatesOf, type RetrievedText } from './extractive-features.js'
import { askedForm, pieceOfForm, type ShortForm } from './extractive-form.js'
import { evidenceOf, evidenceThreshold, type Ranked, rankCandidates } from './extractive-scores.js'
import { introduces, type QuotableUnit } from './extractive-units.js'

/** What is said when the passages do not hold the answer, word for word, so that an evaluation can tell. */
export const notInDocuments: Readonly<Record<Language, string>> = {
  en: 'The documents do not contain the answer to this question.',
  'zh-TW': '文件中沒有這個問題的答案。',
}

/** A part of an answer. */
export interface Quotation {
  readonly text: string
  /** The words of the passage inside `text`; undefined when nothing is quoted. */
  readonly quoted?: { readonly start: number; readonly end: number; readonly passage: PassageReference }
}

/** A second sentence is quoted when it is at least this likely beside the first (difference of log odds). */
const secondWithin = Math.log(2)
/** What one sentence can introduce. */
const maxIntroduced = 12

/** @returns parts in order; one without a quotation when the evidence is too weak */
export const extractAnswer = (text: string, passages: readonly RetrievedText[]): readonly Quotation[] => {
  const { question, form } = askedForm(text)
  const ranked = rankCandidates(candidatesOf(question, passages))
  const [best] = ranked
  if (!best || evidenceOf(ranked) < evidenceThreshold)
    return [{ text: notInDocuments[languageOfText(question)] }]
  return (form && shortAnswer(question, form, best)) ?? sentences(ranked, best)
}

/** The piece of the best sentence that has the form asked for; undefined when it has none. */
const shortAnswer = (question: string, form: ShortForm, { unit, passage }: Ranked) => {
  const piece = pieceOfForm(form, { sentence: unit.text, question })
  if (!piece) return undefined
  const text = unit.text.slice(piece.start, piece.end)
  const place = { start: unit.start + piece.start, end: unit.start + piece.end }
  return [{ text, quoted: { start: 0, end: text.length, passage: placeOf(place, passage) } }]
}

const sentences = (ranked: readonly Ranked[], best: Ranked): readonly Quotation[] => {
  const chosen = new Map<QuotableUnit, Ranked>()
  for (const candidate of ranked.slice(0, 2)) {
    if (best.score - candidate.score > secondWithin) break
    for (const unit of withIntroduced(candidate)) chosen.set(unit, candidate)
  }
  return inOrder([...chosen]).map(([unit, { passage }], i, all) => quote(unit, passage, all[i - 1]?.[0]))
}

/** The sentence, and what it introduces when it does: the items, rows or code that follow it. */
const withIntroduced = ({ unit, siblings, position }: Ranked): readonly QuotableUnit[] => {
  if (!introduces(unit.text)) return [unit]
  const following = siblings.slice(position + 1, position + 1 + maxIntroduced)
  const end = following.findIndex((next) => next.kind === 'sentence' || next.kind !== following[0]?.kind)
  return [unit, ...following.slice(0, end === -1 ? following.length : end)]
}

/** Units of one passage in the passage's order, the best passage first. */
const inOrder = (chosen: readonly (readonly [QuotableUnit, Ranked])[]) => {
  const passages = [...new Set(chosen.map(([, { passage }]) => passage))]
  return [...chosen].sort(
    ([a, { passage: p }], [b, { passage: q }]) =>
      passages.indexOf(p) - passages.indexOf(q) || a.start - b.start,
  )
}

const quote = (unit: QuotableUnit, passage: RetrievedText, before: QuotableUnit | undefined): Quotation => {
  const { opening, closing } = frameOf(unit, before)
  const separator = before === undefined ? '' : separatorBetween(before, unit)
  const start = separator.length + opening.length
  return {
    text: separator + opening + unit.text + closing,
    quoted: { start, end: start + unit.text.length, passage: placeOf(unit, passage) },
  }
}

/** What makes a unit readable outside its passage: the header of its table, the mark of its list, its fences. */
const frameOf = (unit: QuotableUnit, before: QuotableUnit | undefined) => {
  if (unit.kind === 'item') return { opening: '- ', closing: '' }
  if (unit.kind === 'code') return { opening: '```\n', closing: '\n```' }
  if (unit.kind !== 'row' || unit.header === '' || before?.header === unit.header)
    return { opening: '', closing: '' }
  const columns = unit.header.split(/(?<!\\)\|/).length - 2
  return { opening: `${unit.header.trim()}\n|${' --- |'.repeat(Math.max(1, columns))}\n`, closing: '' }
}

const separatorBetween = (before: QuotableUnit, unit: QuotableUnit): string => {
  if (before.kind !== 'sentence' || unit.kind !== 'sentence')
    return before.kind === unit.kind && before.header === unit.header ? '\n' : '\n\n'
  return /[\p{Script=Han}。！？；」]$/u.test(before.text) ? '' : ' '
}

/** The unit's own place; the whole passage when a guard has changed the text, so that offsets no longer fit. */
const placeOf = (unit: Span, { text, reference }: RetrievedText): PassageReference =>
  text.length === reference.end - reference.start
    ? { ...reference, start: reference.start + unit.start, end: reference.start + unit.end }
    : reference
