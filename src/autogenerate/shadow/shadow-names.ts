import { withReferences } from '../../schema/default-schema.ts'
import { keyOf } from '../../schema/names.ts'
import type { IndexElement, ObjectName, Schema, Table, View } from '../../schema/schema.ts'
import { quoteIdentifier, quoteLiteral } from '../../sql/quote.ts'
import { identifierOf, type SqlToken, sqlTokens } from '../../sql/tokens.ts'

/** Where in the shadow a live schema's objects are. */
export interface ShadowNames {
  readonly defaultSchema: string
  /** Live schema → its shadow. */
  readonly schemas: ReadonlyMap<string, string>
  /** `keyOf` of every object that is built in the shadow; any other name means what is there anyway. */
  readonly objects: ReadonlySet<string>
}

/** The models with every object, and every mention of one, moved into the shadow. */
export function inShadow(models: Schema, names: ShadowNames): Schema {
  const own = <T extends ObjectName>(object: T): T => ({
    ...object,
    schema: names.schemas.get(object.schema ?? names.defaultSchema),
  })
  const mention = (name: ObjectName): ObjectName =>
    names.objects.has(keyOf(name)) ? own(name) : name
  const text = (sql: string) => textInShadow(sql, names)
  return {
    ...models,
    schemas: [],
    enums: models.enums.map(own),
    sequences: models.sequences.map(own),
    tables: models.tables.map((table) => own(withReferences(withTexts(table, text), mention))),
    views: models.views.map((view) => own(viewWithText(view, text))),
  }
}

type Rewrite = (sql: string) => string

function withTexts(table: Table, text: Rewrite): Table {
  const optional = (sql: string | undefined) => (sql === undefined ? undefined : text(sql))
  return {
    ...table,
    columns: table.columns.map((column) => ({
      ...column,
      type:
        column.type.kind === 'sql' ? { ...column.type, sql: text(column.type.sql) } : column.type,
      default: optional(column.default),
      generated: optional(column.generated),
    })),
    checks: table.checks.map((check) => ({ ...check, expression: text(check.expression) })),
    indexes: table.indexes.map((index) => ({
      ...index,
      elements: index.elements.map((element) => elementWithText(element, text)),
      where: optional(index.where),
    })),
    policies: table.policies.map((policy) => ({
      ...policy,
      using: optional(policy.using),
      withCheck: optional(policy.withCheck),
    })),
  }
}

function elementWithText(element: IndexElement, text: Rewrite): IndexElement {
  return element.kind === 'expression'
    ? { ...element, expression: text(element.expression) }
    : element
}

/** Without its data: the query may read large live tables. */
function viewWithText(view: View, text: Rewrite): View {
  return { ...view, query: text(view.query), withNoData: view.materialized }
}

/**
 * The SQL with `schema.name` replaced where it names an object of the shadow, also in a string that stands for an object,
 * as in `nextval('schema.name')`. Functions, types of extensions and so on keep their schema: the shadow has none.
 */
export function textInShadow(sql: string, names: ShadowNames): string {
  if (!sql.includes('.')) return sql
  const tokens = sqlTokens(sql)
  const edits = tokens.flatMap((token, at): Edit[] => {
    let text: string | undefined
    if (isObjectString(tokens, at)) text = stringInShadow(token.text, names)
    else if (tokens[at - 1]?.text !== '.') text = shadowOfName(tokens.slice(at, at + 3), names)
    return text === undefined ? [] : [{ token, text }]
  })
  return applied(sql, edits)
}

interface Edit {
  readonly token: SqlToken
  readonly text: string
}

function applied(sql: string, edits: readonly Edit[]): string {
  let end = 0
  const pieces = edits.map(({ token, text }) => {
    const piece = sql.slice(end, token.at) + text
    end = token.at + token.text.length
    return piece
  })
  return pieces.join('') + sql.slice(end)
}

/** The shadow of the schema in `schema . name`, quoted, where the object is built there. */
function shadowOfName(
  [schemaToken, dot, nameToken]: readonly SqlToken[],
  names: ShadowNames,
): string | undefined {
  const [schema, name] = [identifierOf(schemaToken), identifierOf(nameToken)]
  if (dot?.text !== '.' || schema === undefined || name === undefined) return undefined
  const object = schema === names.defaultSchema ? { name } : { schema, name }
  const shadow = names.schemas.get(schema)
  return shadow !== undefined && names.objects.has(keyOf(object))
    ? quoteIdentifier(shadow)
    : undefined
}

/** Whether PostgreSQL reads the string as the name of an object, and so spells it in its own way afterwards. */
function isObjectString(tokens: readonly SqlToken[], at: number): boolean {
  const [call = '', open, cast, type = ''] = [at - 2, at - 1, at + 1, at + 2].map(
    (index) => tokens[index]?.text,
  )
  if (tokens[at]?.kind !== 'string') return false
  const isArgument = open === '(' && /^(?:nextval|currval|setval)$/i.test(call)
  return isArgument || (cast === '::' && /^reg(?:class|type)$/i.test(type))
}

function stringInShadow(literal: string, names: ShadowNames): string | undefined {
  if (!literal.startsWith("'")) return undefined
  const content = literal.slice(1, -1).replaceAll("''", "'")
  const tokens = sqlTokens(content)
  const shadow = tokens.length === 3 ? shadowOfName(tokens, names) : undefined
  const [schema] = tokens
  return shadow === undefined || schema === undefined
    ? undefined
    : quoteLiteral(applied(content, [{ token: schema, text: shadow }]))
}

/** Gives texts of PostgreSQL the live schemas' names back; `quoted` spells each as it is to stand in the text. */
export function outOfShadow(
  { schemas }: Pick<ShadowNames, 'schemas'>,
  quoted: (schema: string) => string,
): (text: string) => string {
  const renamed = [...schemas].filter(([schema, shadow]) => schema !== shadow)
  if (renamed.length === 0) return (text) => text
  const live = new Map(renamed.map(([schema, shadow]) => [shadow, quoted(schema)]))
  const prefix = new RegExp(`\\b(${[...live.keys()].join('|')})\\.`, 'g')
  return (text) => text.replace(prefix, (_prefix, shadow: string) => `${live.get(shadow)}.`)
}
