// How a citation of a passage looks in dialects that cite by URL. The mapping is reversible: the URL is
// `PATH#START-END` (UTF-16 offsets into the stored text of the document), and what it cannot hold, the passage's
// id and score, stands beside it as `passage_id` and `score`.

import type { PassageReference } from '../contract.js'
import { type Fields, numberOf, stringOf } from './fields.js'

export const passageUrl = (passage: PassageReference): string =>
  `${passage.path}#${passage.start}-${passage.end}`

/** The fields of a citation of this passage. */
export const writePassage = (passage: PassageReference) => ({
  url: passageUrl(passage),
  title: passage.title,
  passage_id: passage.id,
  score: passage.score,
})

/** The passage that `writePassage` wrote; undefined for citations of any other origin. */
export const readPassage = (fields: Fields): PassageReference | undefined => {
  const place = /^(.*)#(\d+)-(\d+)$/s.exec(stringOf(fields.url) ?? '')
  const id = stringOf(fields.passage_id)
  const title = stringOf(fields.title)
  const score = numberOf(fields.score)
  if (!place || id === undefined || title === undefined || score === undefined) return undefined
  return { id, path: place[1] ?? '', title, start: Number(place[2]), end: Number(place[3]), score }
}
