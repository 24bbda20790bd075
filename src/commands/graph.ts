import type { Config } from '../config/resolve-config.ts'
import { type DrawnEdge, type DrawnNode, dot, mermaid, svg } from '../graph-drawing.ts'
import { readModels } from '../models/read-models.ts'
import { nodeOf } from '../revision/traverse.ts'
import type { Schema } from '../schema/schema.ts'
import type { Revisions } from '../script/revisions.ts'

export type GraphFormat = 'mermaid' | 'dot' | 'svg'

export interface GraphOptions {
  /** Default: `mermaid`, which GitHub and GitLab draw in Markdown. */
  readonly format?: GraphFormat | undefined
  /** The tables of the models and their foreign keys, instead of the revisions. Default: false. */
  readonly models?: boolean | undefined
}

export interface GraphReport {
  readonly format: GraphFormat
  readonly text: string
}

/** The revision graph or the models as a drawing; needs no database. */
export async function graph(
  config: Config,
  revisions: Revisions,
  { format = 'mermaid', models = false }: GraphOptions = {},
): Promise<GraphReport> {
  const drawing = models ? modelDrawing(await readModels(config)) : revisionDrawing(revisions)
  const draw = { mermaid, dot, svg }[format]
  return { format, text: draw(drawing.nodes, drawing.edges) }
}

interface Drawing {
  readonly nodes: readonly DrawnNode[]
  readonly edges: readonly DrawnEdge[]
}

/** Oldest first, so that the lines lead from parents to children. */
function revisionDrawing({ map, scripts }: Revisions): Drawing {
  return {
    nodes: map.oldestFirst.map((id) => ({
      id,
      lines: [id, scripts.get(id)?.message ?? ''].filter(Boolean),
    })),
    edges: map.oldestFirst.flatMap((id) => {
      const { parents, dependsOn } = nodeOf(map, id)
      return [
        ...parents.map((from) => ({ from, to: id, dashed: false })),
        ...dependsOn.map((from) => ({ from, to: id, dashed: true })),
      ]
    }),
  }
}

function modelDrawing({ tables }: Schema): Drawing {
  const key = ({ schema, name }: { readonly schema?: string; readonly name: string }) =>
    schema === undefined ? name : `${schema}.${name}`
  return {
    nodes: tables.map((table) => ({
      id: key(table),
      lines: [
        key(table),
        ...table.columns.map(
          (column) =>
            `${column.name} ${column.type.kind === 'sql' ? column.type.sql : `${key(column.type.name)}${column.type.brackets}`}`,
        ),
      ],
    })),
    edges: tables.flatMap((table) =>
      table.foreignKeys.map(({ foreignTable }) => ({
        from: key(table),
        to: key(foreignTable),
        dashed: false,
      })),
    ),
  }
}
