import { indexName } from './build-random-parts.ts'
import type { Extra } from './random-extras.ts'
import type { RandomColumn, RandomTable } from './random-models.ts'
import { indexPart, named, qualified, within } from './random-parts.ts'
import { isComparable } from './random-types.ts'

/** What models cannot say of a column. */
export function extrasOfColumn(
  table: RandomTable,
  column: RandomColumn,
  version: number,
): readonly Extra[] {
  const name = qualified(table)
  const it = named(column.name)
  const own = (what: string) => named(`${what}_${table.key}_${column.name}`)
  const needs = [`${name}.${column.name}`]
  const extras: Extra[] = [
    {
      sql: `COMMENT ON COLUMN ${name}.${it} IS 'it''s ${it}'; ALTER TABLE ${name} ALTER ${it} SET STATISTICS 117`,
      mark: `column ${name}.${column.name} statistics 117`,
      needs,
    },
    {
      sql: `GRANT UPDATE (${it}), REFERENCES (${it}) ON ${name} TO pg_monitor`,
      mark: `grant ${name}.${column.name}: pg_monitor=wx`,
      needs,
    },
    {
      sql: `CREATE INDEX ${own('covering')} ON ${name} (id) INCLUDE (${it}) WITH (fillfactor = 80)`,
      mark: `INDEX ${own('covering')} `,
      needs,
    },
    {
      sql: `CREATE TRIGGER ${own('on')} BEFORE UPDATE OF ${it} ON ${name} FOR EACH ROW WHEN (NEW.${it} IS NOT NULL) EXECUTE FUNCTION nothing()`,
      mark: `TRIGGER ${own('on')} `,
      needs,
    },
    {
      sql: `CREATE FUNCTION ${own('reads')}() RETURNS bigint BEGIN ATOMIC SELECT count(${it}) FROM ${name}; END`,
      mark: `.${own('reads')}()`,
      needs: null,
    },
    {
      sql: `CREATE VIEW beside.${own('sees')} AS SELECT id, ${it} FROM ${name}; COMMENT ON VIEW beside.${own('sees')} IS 'seen'; GRANT SELECT ON beside.${own('sees')} TO pg_monitor`,
      mark: `comment view beside.${own('sees')}: seen`,
      needs: null,
    },
    {
      sql: `CREATE FUNCTION ${own('takes')}(${name}) RETURNS boolean LANGUAGE sql AS 'SELECT $1.${it} IS NULL'`,
      mark: `.${own('takes')}(`,
      needs: null,
    },
    {
      sql: `CREATE RULE ${own('rule')} AS ON UPDATE TO ${name} WHERE new.${it} IS NULL DO INSTEAD NOTHING`,
      mark: `rule ${own('rule')} on ${name}`,
      needs,
    },
  ]
  if (version >= 15)
    extras.push({
      sql: `CREATE PUBLICATION ${own('sends')} FOR TABLE ${name} (id, ${it})`,
      mark: `publication ${own('sends')} `,
      needs: null,
    })
  if (isComparable(column.type)) extras.push(...ofComparable(table, column))
  return extras
}

function ofComparable(table: RandomTable, column: RandomColumn): readonly Extra[] {
  const name = qualified(table)
  const it = named(column.name)
  const index = within(table, indexName(table.key, column))
  const statistics = named(`both_${table.key}_${column.name}`)
  return [
    {
      sql: `CREATE STATISTICS ${statistics} ON id, ${it} FROM ${name}`,
      mark: `STATISTICS public.${statistics} `,
      needs: [`${name}.${column.name} comparable`],
    },
    ...(column.index === 'none'
      ? []
      : [
          {
            sql: `COMMENT ON INDEX ${index} IS 'index'`,
            mark: `comment index ${index}: index`,
            needs: [indexPart(table, column)],
          },
        ]),
  ]
}
