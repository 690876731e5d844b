// Word lists as text, so that a list reads as one and its order carries no meaning.

/** The phrases of a list: separated by `|`, blanks and line breaks around them do not count. */
export const phrases = (list: string): readonly string[] =>
  list
    .split('|')
    .map((phrase) => phrase.replace(/\s+/g, ' ').trim())
    .filter((phrase) => phrase !== '')
