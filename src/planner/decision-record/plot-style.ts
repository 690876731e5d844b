// The looks of the plot: a palette that stays apart for every kind of colour vision, on light and on dark ground.
// Colours were searched for distance under protanopia, deuteranopia and tritanopia and for 3:1 against the ground.

export const plotStyle = `
svg { --ground: #ffffff; --ink: #111318; --line: #c9ccd3; --own: #4f25a0; --api: #ce7d57; --pick: #4498c9 }
@media (prefers-color-scheme: dark) {
  svg { --ground: #111318; --ink: #f2f3f5; --line: #3b3f48; --own: #83c77c; --api: #dd3e47; --pick: #4ff5ed }
}
text { fill: var(--ink); font-family: system-ui, "PingFang TC", "Noto Sans TC", "Noto Sans CJK TC", "Microsoft JhengHei UI", sans-serif; font-size: 12px; font-variant-numeric: tabular-nums }
.ground { fill: var(--ground) }
.title { font-size: 16px; font-weight: 600 }
.axis { stroke: var(--ink); stroke-width: 1; fill: none }
.grid { stroke: var(--line); stroke-width: 1 }
.mark, .key { fill-opacity: 0.25; stroke-width: 1.5; stroke-dasharray: 3 2 }
.self-hosted { fill: var(--own); stroke: var(--own) }
.hosted-api { fill: var(--api); stroke: var(--api) }
.whisker { stroke: var(--ink); stroke-opacity: 0.45; stroke-width: 1 }
.chosen { fill: none; stroke: var(--pick); stroke-width: 3 }
.chosen-label { font-weight: 700 }
`
