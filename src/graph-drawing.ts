import { topologicalSort } from './graph.ts'

export interface DrawnNode {
  readonly id: string
  /** Lines of its box. */
  readonly lines: readonly string[]
}

export interface DrawnEdge {
  readonly from: string
  readonly to: string
  /** Drawn with dashes: it is no line of descent. */
  readonly dashed: boolean
}

/** A drawing in Markdown: GitHub and GitLab show it. */
export function mermaid(nodes: readonly DrawnNode[], edges: readonly DrawnEdge[]): string {
  const names = new Map(nodes.map(({ id }, at) => [id, `n${at}`]))
  const text = (line: string) =>
    line.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
  return [
    'graph TD',
    ...nodes.map(({ id, lines }) => `  ${names.get(id)}["${lines.map(text).join('<br>')}"]`),
    ...edges
      .filter(({ from, to }) => names.has(from) && names.has(to))
      .map(
        ({ from, to, dashed }) =>
          `  ${names.get(from)} ${dashed ? '-.->' : '-->'} ${names.get(to)}`,
      ),
  ].join('\n')
}

/** For Graphviz. */
export function dot(nodes: readonly DrawnNode[], edges: readonly DrawnEdge[]): string {
  const quote = (text: string) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
  const label = (lines: readonly string[]) =>
    lines.map((line) => quote(line).slice(1, -1)).join('\\n')
  return [
    'digraph limbeck {',
    '  node [shape=box, fontname="monospace"];',
    ...nodes.map(({ id, lines }) => `  ${quote(id)} [label="${label(lines)}"];`),
    ...edges.map(
      ({ from, to, dashed }) =>
        `  ${quote(from)} -> ${quote(to)}${dashed ? ' [style=dashed]' : ''};`,
    ),
    '}',
  ].join('\n')
}

/** Boxes in rows by their distance from what nothing leads to. */
export function svg(nodes: readonly DrawnNode[], edges: readonly DrawnEdge[]): string {
  const text = (line: string) =>
    line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
  const boxes = layOutBoxes(nodes, edges)
  const width = Math.max(200, ...[...boxes.values()].map(({ x, w }) => x + w + 20))
  const height = Math.max(60, ...[...boxes.values()].map(({ y, h }) => y + h + 20))
  const lines = edges.flatMap(({ from, to, dashed }) => {
    const [a, b] = [boxes.get(from), boxes.get(to)]
    if (a === undefined || b === undefined) return []
    const dash = dashed ? ' stroke-dasharray="4"' : ''
    return [
      `<line x1="${a.x + a.w / 2}" y1="${a.y + a.h}" x2="${b.x + b.w / 2}" y2="${b.y}" stroke="#888"${dash}/>`,
    ]
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="monospace" font-size="12">`,
    ...lines,
    ...nodes.flatMap(({ id, lines: rows }) => {
      const { x, y, w, h } = boxes.get(id) ?? { x: 0, y: 0, w: 0, h: 0 }
      return [
        `<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="4" fill="#fff" stroke="#888"/>`,
        ...rows.map((row, at) => `<text x="${x + 8}" y="${y + 18 + at * 16}">${text(row)}</text>`),
      ]
    }),
    '</svg>',
  ].join('\n')
}

interface Box {
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
}

function layOutBoxes(
  nodes: readonly DrawnNode[],
  edges: readonly DrawnEdge[],
): ReadonlyMap<string, Box> {
  const parents = groupBy(edges, ({ to }) => to)
  const depths = new Map<string, number>()
  const ids = nodes.map(({ id }) => id)
  const sorted = topologicalSort(ids, (id) => (parents.get(id) ?? []).map(({ from }) => from))
  // Tables may refer to each other in a circle: then the order given has to do.
  for (const id of sorted.kind === 'order' ? sorted.order : ids) {
    const above = (parents.get(id) ?? []).map(({ from }) => depths.get(from) ?? -1)
    depths.set(id, Math.max(-1, ...above) + 1)
  }
  const boxes = new Map<string, Box>()
  let y = 20
  for (const [, row] of groupBy(nodes, ({ id }) => depths.get(id) ?? 0)) {
    let x = 20
    for (const { id, lines } of row) {
      const box = {
        x,
        y,
        w: 16 + 7.5 * Math.max(...lines.map(({ length }) => length)),
        h: 10 + 16 * lines.length,
      }
      boxes.set(id, box)
      x += box.w + 20
    }
    y += Math.max(...row.map(({ id }) => boxes.get(id)?.h ?? 0)) + 30
  }
  return boxes
}

function groupBy<K, T>(values: readonly T[], keyOf: (value: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>()
  for (const value of values) {
    const group = groups.get(keyOf(value))
    if (group === undefined) groups.set(keyOf(value), [value])
    else group.push(value)
  }
  return groups
}
