/** A node to draw: its id and what it hangs on. Nodes come children first. */
export interface GraphNode {
  readonly id: string
  readonly parents: readonly string[]
}

/** A cell of the drawing with the lane it belongs to: lanes keep their colour. */
export interface Cell {
  readonly text: string
  readonly lane: number
}

type Line = readonly Cell[]

/** The drawing of one node. Further lines of its text stand beside `links`, then beside `straight`. */
export interface GraphRow {
  /** Lines that make room before the node. */
  readonly above: readonly Line[]
  /** The line with its `*`. */
  readonly node: Line
  /** Lines that lead from it to the lanes below. */
  readonly links: readonly Line[]
  /** The lanes below, going straight down. */
  readonly straight: Line
}

interface Lane {
  /** The node that this lane leads down to. */
  readonly id: string
  readonly colour: number
}

interface Edge {
  readonly lane: number
  /** Column before the move, and the one to reach. */
  readonly from: number
  readonly to: number
}

const blank: Cell = { text: ' ', lane: 0 }

/**
 * Draws a graph beside its list, the way `git log --graph` does. Returns one row a node.
 * Parents that are not among the nodes are not drawn.
 */
export function drawGraph(nodes: readonly GraphNode[]): readonly GraphRow[] {
  const known = new Set(nodes.map(({ id }) => id))
  const rows: GraphRow[] = []
  let lanes: readonly Lane[] = []
  let colours = 0
  let ended: number | null = null
  for (const node of nodes) {
    const { before, column } = nodeLane(lanes, node.id, () => colours++)
    const parents = [...new Set(node.parents)].filter((id) => known.has(id))
    const forks = parents.map((id, nth): Lane => {
      const open = before.find((lane) => lane.id === id) ?? (nth === 0 ? before[column] : undefined)
      return { id, colour: open?.colour ?? colours++ }
    })
    // A fork of three and more is drawn `*-.`: the lanes on its right make room one line earlier.
    const room = Math.max(forks.length - 2, 0)
    const spread = before.toSpliced(column, 1, ...forks)
    const above = [...gapLines(lanes, column, ended), ...roomLines(before, column, room)]
    lanes = spread.filter((lane, at) => spread.findIndex(({ id }) => id === lane.id) === at)
    rows.push({
      above,
      node: nodeLine(before, column, room),
      links: linkLines(before.length, column, spread, lanes),
      straight: straightLine(lanes),
    })
    ended = forks.length === 0 ? column : null
  }
  return rows
}

/** Whether a list of nodes is one line without forks: then nothing needs drawing. */
export function isLinear(nodes: readonly GraphNode[]): boolean {
  const known = new Set(nodes.map(({ id }) => id))
  return nodes.every(({ parents }, index) => {
    const shown = parents.filter((id) => known.has(id))
    const next = nodes[index + 1]?.id
    return next === undefined ? shown.length === 0 : shown.length === 1 && shown[0] === next
  })
}

/** Finds the node's lane, or opens one on the right. */
function nodeLane(lanes: readonly Lane[], id: string, colour: () => number) {
  const column = lanes.findIndex((lane) => lane.id === id)
  if (column !== -1) return { before: lanes, column }
  return { before: [...lanes, { id, colour: colour() }], column: lanes.length }
}

/** Keeps a base and an unrelated node apart that would stand right below it. */
function gapLines(lanes: readonly Lane[], column: number, last: number | null) {
  return column === last && column === lanes.length ? [straightLine(lanes)] : []
}

const straightLine = (lanes: readonly Lane[]): Line =>
  edgeLine(lanes.map(({ colour: lane }, at) => ({ lane, from: at, to: at })))

const nodeLine = (lanes: readonly Lane[], column: number, room: number): Line =>
  lanes.flatMap(({ colour }, at) => {
    const cell = { text: at === column ? '*' : '|', lane: colour }
    const dashes = at === column && room > 0 ? `${'--'.repeat(room).slice(1)}.` : ''
    return [...(at === 0 ? [] : [blank]), cell, { text: dashes, lane: colour }]
  })

/** The lines that move the lanes right of a wide fork out of its way. */
function roomLines(lanes: readonly Lane[], column: number, room: number): readonly Line[] {
  if (column === lanes.length - 1) return []
  return Array.from({ length: room }, (_, moved) =>
    edgeLine(
      lanes.map(({ colour: lane }, at): Edge => {
        if (at <= column) return { lane, from: at, to: at }
        return { lane, from: at + moved, to: at + moved + 1 }
      }),
    ),
  )
}

/** First the line that opens a merge's further parents, then as many as the lanes need to close up. */
function linkLines(
  width: number,
  column: number,
  spread: readonly Lane[],
  lanes: readonly Lane[],
): Line[] {
  const opened = spread.length - width
  const opening = spread.map((lane, at): Edge => {
    return { lane: lane.colour, from: at <= column ? at : at - 1, to: at }
  })
  const closing = spread.map((lane, at): Edge => {
    const to = lanes.findIndex(({ id }) => id === lane.id)
    return { lane: lane.colour, from: opened < 0 && at >= column ? at + 1 : at, to }
  })
  return [...(opened > 0 ? [edgeLine(opening)] : []), ...closingLines(closing)]
}

/** Moves every edge one column a line to the left until each is where it belongs. */
function closingLines(edges: readonly Edge[]): readonly Line[] {
  const lines: Line[] = []
  let open = edges
  while (open.some(({ from, to }) => from !== to)) {
    const taken = new Set<number>()
    const moved = open.map((edge): Edge => {
      const stays = edge.from === edge.to || taken.has(edge.from - 1)
      if (!stays) taken.add(edge.from - 1)
      return { ...edge, to: stays ? edge.from : edge.from - 1 }
    })
    lines.push(edgeLine(moved))
    open = moved.map(({ to }, at) => ({ ...(open[at] as Edge), from: to }))
  }
  return lines
}

/** One line of edges: `|` stays, `/` moves a column to the left, `\` to the right. */
function edgeLine(edges: readonly Edge[]): Line {
  const cells: Cell[] = []
  for (const { from, to, lane } of edges) {
    const aside = to < from ? '/' : '\\'
    const text = to === from ? '|' : aside
    const at = from + to
    while (cells.length <= at) cells.push(blank)
    cells[at] = { text, lane }
  }
  return cells
}
