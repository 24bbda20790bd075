import { LimbeckError } from '../../../src/errors.ts'
import { svg } from '../../../src/graph-drawing.ts'
import {
  buildRevisionMap,
  planDowngrade,
  planUndo,
  planUpgrade,
  type RevisionMap,
  type Step,
  undoCount,
} from '../../../src/revision/index.ts'
import { nodeOf } from '../../../src/revision/traverse.ts'
import type { Script } from '../../../src/script/script.ts'
import { parseSqlHeader } from '../../../src/script/sql-script.ts'
import { parseTsScript } from '../../../src/script/ts-script.ts'

/** A file as it was pasted or dropped. */
export interface PastedFile {
  readonly name: string
  readonly text: string
}

/** What the page shows; a part that cannot be worked out says why. */
export interface Shown {
  readonly svg: string
  readonly heads: readonly string[]
  readonly upgrade: Result
  readonly downgrade: Result
}

/** Lines to read, or the error that the command would end with. */
export type Result =
  | { readonly lines: readonly string[] }
  | { readonly error: string; readonly hint: string }

/** Files as `tail -n +1 migrations/*` prints them: a line `==> name <==` above each. */
export function splitPasted(text: string): readonly PastedFile[] {
  const parts = text.replaceAll('\r\n', '\n').split(/^==> (.+) <==\n/m)
  const [first = '', ...others] = parts
  const files = others.flatMap((part, at) =>
    at % 2 === 0 ? [{ name: part, text: others[at + 1] ?? '' }] : [],
  )
  return first.trim() === '' ? files : [{ name: nameFor(first), text: first }, ...files]
}

export const joinPasted = (files: readonly PastedFile[]): string =>
  files.map(({ name, text }) => `==> ${name} <==\n${text.trimEnd()}\n\n`).join('')

/** A text without a name is named as Limbeck would name it. */
function nameFor(text: string): string {
  const [, id = 'revision'] = /\brevision(?:: | = ')([\w.]+)/.exec(text) ?? []
  return `${id}_pasted.${/^export /m.test(text) ? 'ts' : 'sql'}`
}

export function show(text: string, rows: string, upTo: string, downTo: string): Shown | Result {
  try {
    const scripts = splitPasted(text).map(read)
    const map = buildRevisionMap(scripts)
    const messages = new Map(scripts.map(({ id, message }) => [id, message]))
    const at = rows.split(/[\s,]+/).filter(Boolean)
    const lines = (steps: readonly Step[]) =>
      steps.map(({ direction, revision }) =>
        [direction, `${revision},`, messages.get(revision)].join(' '),
      )
    return {
      svg: draw(map, messages, at),
      heads: map.effectiveHeads,
      upgrade: attempt(() => lines(planUpgrade(map, at, upTo))),
      downgrade: attempt(() => {
        const count = undoCount(downTo)
        return lines(
          count === null ? planDowngrade(map, at, downTo) : planUndo(map, at, count, newest(map)),
        )
      }),
    }
  } catch (error) {
    return explain(error)
  }
}

/** Without a history what stands higher in the graph counts as applied later. */
const newest = (map: RevisionMap): readonly string[] => map.oldestFirst.toReversed()

function read({ name, text }: PastedFile): Script {
  return name.endsWith('.ts') ? parseTsScript(name, text) : parseSqlHeader(name, text).script
}

function draw(
  map: RevisionMap,
  messages: ReadonlyMap<string, string>,
  rows: readonly string[],
): string {
  const lines = (id: string) => [rows.includes(id) ? `${id} (current)` : id, messages.get(id) ?? '']
  return svg(
    map.oldestFirst.map((id) => ({ id, lines: lines(id).filter(Boolean) })),
    map.oldestFirst.flatMap((id) => {
      const { parents, dependsOn } = nodeOf(map, id)
      return [
        ...parents.map((from) => ({ from, to: id, dashed: false })),
        ...dependsOn.map((from) => ({ from, to: id, dashed: true })),
      ]
    }),
  )
}

function attempt(work: () => readonly string[]): Result {
  try {
    return { lines: work() }
  } catch (error) {
    return explain(error)
  }
}

function explain(error: unknown): Result {
  if (!(error instanceof LimbeckError)) return { error: String(error), hint: '' }
  return { error: `${error.code}: ${error.message}`, hint: error.details.hint ?? '' }
}

export const example: readonly PastedFile[] = [
  {
    name: '1897ab222320_create_orders.sql',
    text: '-- create orders\n--\n-- revision: 1897ab222320\n-- revises:\n\n-- +upgrade\nCREATE TABLE orders (id int PRIMARY KEY);\n\n-- +downgrade\nDROP TABLE orders;\n',
  },
  {
    name: 'aaaa11112222_add_note.sql',
    text: '-- add note\n--\n-- revision: aaaa11112222\n-- revises: 1897ab222320\n\n-- +upgrade\nALTER TABLE orders ADD COLUMN note text;\n\n-- +downgrade\nALTER TABLE orders DROP COLUMN note;\n',
  },
  {
    name: 'bbbb11112222_add_price.sql',
    text: '-- add price\n--\n-- revision: bbbb11112222\n-- revises: 1897ab222320\n\n-- +upgrade\nALTER TABLE orders ADD COLUMN price int;\n\n-- +downgrade\nALTER TABLE orders DROP COLUMN price;\n',
  },
]
