import type {
  ColumnSnapshot,
  ConstraintSnapshot,
  IndexSnapshot,
  Snapshot,
  TableSnapshot,
  ViewSnapshot,
} from '../../src/schema/snapshot.ts'

/** Snapshots in a few words. */
export const snapshot = (rest: Partial<Snapshot> = {}): Snapshot => ({
  schemas: [],
  enums: [],
  sequences: [],
  tables: [],
  views: [],
  ...rest,
})

export const table = (name: string, rest: Partial<TableSnapshot> = {}): TableSnapshot => ({
  name,
  columns: [column('id')],
  constraints: [],
  indexes: [],
  policies: [],
  rowSecurity: false,
  special: false,
  ...rest,
})

export const column = (name: string, rest: Partial<ColumnSnapshot> = {}): ColumnSnapshot => ({
  name,
  type: 'integer',
  notNull: false,
  serial: false,
  reads: [],
  ...rest,
})

export const index = (name: string, reads: string, rest: Partial<IndexSnapshot> = {}) => {
  const definition = `USING btree (${reads})`
  const all: IndexSnapshot = {
    name,
    unique: false,
    definition,
    full: definition,
    modelled: true,
    valid: true,
    reads: reads.split(', '),
    enums: [],
    ...rest,
  }
  return all
}

export const constraint = (
  name: string,
  kind: ConstraintSnapshot['kind'],
  columns: string,
  rest: Partial<ConstraintSnapshot> = {},
): ConstraintSnapshot => {
  const definition =
    rest.definition ??
    (kind === 'check' ? `CHECK ((${columns} > 0))` : `${kind.toUpperCase()} (${columns})`)
  const all = { name, kind, definition, full: definition, validated: true }
  return { ...all, columns: columns.split(', '), enums: [], ...rest }
}

export const foreignKey = (name: string, columns: string, to: string): ConstraintSnapshot =>
  constraint(name, 'foreign key', columns, {
    definition: `FOREIGN KEY (${columns}) REFERENCES ${to}(id)`,
    references: { table: { name: to }, columns: ['id'] },
  })

export const view = (name: string, rest: Partial<ViewSnapshot> = {}): ViewSnapshot => ({
  name,
  materialized: false,
  query: 'SELECT 1',
  options: {},
  reads: [],
  enums: [],
  ...rest,
})
