// Where short labels stand beside their marks, so that none covers another or a mark. Knows no picture.

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Mark {
  readonly x: number
  readonly y: number
  readonly radius: number
  readonly label: string
}

export const overlaps = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

/** Width of a text in px: a Chinese character is as wide as it is high, others 0.62 of it at most on average. */
export const textWidth = (text: string, size: number): number =>
  [...text].reduce((sum, character) => sum + (/[\u2E80-\uFFEF]/.test(character) ? size : 0.62 * size), 0)

const directions = [
  [1, 0],
  [0, -1],
  [-1, 0],
  [0, 1],
  [0.8, -0.8],
  [-0.8, -0.8],
  [0.8, 0.8],
  [-0.8, 0.8],
] as const
/** Gaps between mark and label that are tried, nearest first, px. */
const gaps = [3, 10, 18, 28, 40, 56, 74]

/**
 * A box for each mark's label within `area`, in the order of the marks; the nearest free place of eight directions.
 * @returns null for a label that finds no free place
 */
export const placeLabels = (
  marks: readonly Mark[],
  { area, size }: { readonly area: Box; readonly size: number },
): readonly (Box | null)[] => {
  const taken: Box[] = marks.map(({ x, y, radius }) => ({
    x: x - radius,
    y: y - radius,
    width: 2 * radius,
    height: 2 * radius,
  }))
  return marks.map((mark) => {
    const box = boxesAround(mark, size).find(
      (place) => isInside(place, area) && !taken.some((other) => overlaps(place, other)),
    )
    if (box) taken.push(box)
    return box ?? null
  })
}

const boxesAround = ({ x, y, radius, label }: Mark, size: number): readonly Box[] => {
  const width = textWidth(label, size)
  return gaps.flatMap((gap) =>
    directions.map(([dx, dy]) => ({
      x: x + dx * (radius + gap + width / 2) - width / 2,
      y: y + dy * (radius + gap + size / 2) - size / 2,
      width,
      height: size,
    })),
  )
}

const isInside = (box: Box, area: Box): boolean =>
  box.x >= area.x &&
  box.y >= area.y &&
  box.x + box.width <= area.x + area.width &&
  box.y + box.height <= area.y + area.height
