import { keyOf } from '../schema/names.ts'
import type { ObjectName, Schema } from '../schema/schema.ts'
import type { IsCompared } from './compared.ts'
import { label } from './labels.ts'
import type { FailedStep } from './shadow/build-steps.ts'

/** Something that could not be compared, and why. */
export interface Warning {
  readonly object: string
  readonly message: string
  /** What to do about it. */
  readonly hint?: string
  /** What else could not be compared for the same reason. */
  readonly others?: readonly string[]
  /** To know of: nothing of the comparison leans on it. */
  readonly isNote?: true
}

/** Extensions by what they are known for: types, operator classes, functions. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  vector:
    'vector halfvec sparsevec vector_l2_ops vector_ip_ops vector_cosine_ops vector_l1_ops halfvec_l2_ops',
  postgis: 'geometry geography box2d box3d raster',
  citext: 'citext',
  ltree: 'ltree lquery ltxtquery gist_ltree_ops',
  hstore: 'hstore gin_hstore_ops',
  pg_trgm: 'gin_trgm_ops gist_trgm_ops similarity word_similarity',
  btree_gist: 'gist_int4_ops gist_text_ops',
  'uuid-ossp': 'uuid_generate_v4 uuid_generate_v1 uuid_generate_v1mc uuid_generate_v5',
  pgcrypto: 'crypt gen_salt digest hmac gen_random_bytes',
  cube: 'cube earth',
  unaccent: 'unaccent',
}

/**
 * A warning for each first cause: what failed for the same reason is one, and what failed only since something else did is
 * left out. What the filter excludes may fail.
 */
export function firstCauses(
  failed: readonly FailedStep[],
  models: Schema,
  isCompared: IsCompared,
): readonly Warning[] {
  const asked = failed.filter((step) => isAskedFor(step, isCompared))
  const first = asked.filter((step) => !followsFrom(step, asked))
  const groups = new Map<string, FailedStep[]>()
  for (const step of first.length > 0 ? first : asked) {
    const group = groups.get(step.reason)
    if (group === undefined) groups.set(step.reason, [step])
    else group.push(step)
  }
  return [...groups.values()].flatMap(([step, ...others]) =>
    step === undefined ? [] : [warningOf(step, others, models)],
  )
}

function isAskedFor({ kind, name, on }: FailedStep, isCompared: IsCompared): boolean {
  const inSchema = on.schema === undefined ? {} : { schema: on.schema }
  const isObject = kind === 'enum' || kind === 'sequence' || kind === 'view'
  if (isObject) return isCompared({ kind, ...inSchema, name: on.name })
  if (kind === 'role' || kind === 'schema') return true
  if (!isCompared({ kind: 'table', ...inSchema, name: on.name })) return false
  const partKind = kind === 'foreign key' || kind === 'unique' ? 'constraint' : kind
  if (partKind === 'table' || partKind === 'row security') return true
  return isCompared({ kind: partKind, ...inSchema, name, table: on.name })
}

/** Whether it lacks only what another step could not build. */
function followsFrom(step: FailedStep, failed: readonly FailedStep[]): boolean {
  const missing = missingName(step)
  return (
    missing !== undefined &&
    failed.some(
      (other) =>
        other !== step &&
        (other.kind === 'table' || other.kind === 'view' || other.kind === 'enum') &&
        other.on.name === missing,
    )
  )
}

/** The relation or type that PostgreSQL does not find, without its schema. */
function missingName({ code, reason }: FailedStep): string | undefined {
  if (code !== UNDEFINED_TABLE && code !== UNDEFINED_OBJECT) return undefined
  const [, quoted] = /(?:relation|type) "([^"]+)" does not exist/.exec(reason) ?? []
  return quoted?.slice(quoted.lastIndexOf('.') + 1)
}

const UNDEFINED_TABLE = '42P01'
const UNDEFINED_OBJECT = '42704'
/** A type or role, a function, a schema. */
const MISSING = new Set([UNDEFINED_OBJECT, '42883', '3F000'])

function warningOf(step: FailedStep, others: readonly FailedStep[], models: Schema): Warning {
  const beside = others.map(stepLabel)
  const object = stepLabel(step) + columnOf(step, models)
  const count = beside.length === 0 ? '' : ` (nor for ${beside.join(', ')})`
  return {
    object,
    message: `cannot be built, so that nothing is proposed for it${count}: ${reasonOf(step, models)}`,
    hint: hintOf(step),
    ...(beside.length > 0 && { others: beside }),
  }
}

function stepLabel({ kind, name, on }: FailedStep): string {
  const isPart = ['unique', 'index', 'foreign key', 'policy'].includes(kind)
  return isPart
    ? `${label('table', on.name, on.schema)}, ${label(kind, name)}`
    : label(kind, on.name, on.schema)
}

/** The column whose default PostgreSQL refuses, where its text tells. */
function columnOf({ kind, code, reason, on }: FailedStep, models: Schema): string {
  const [, value] = /: "(.*)"/s.exec(reason) ?? []
  if (kind !== 'table' || value === undefined || !code.startsWith('22')) return ''
  const table = models.tables.find((one) => keyOf(one) === keyOf(on))
  const columns = table?.columns.filter((column) => column.default?.includes(value)) ?? []
  const [column, another] = columns
  return column === undefined || another !== undefined ? '' : `, default of column "${column.name}"`
}

/** Both sides of a foreign key whose target does not exist. */
function reasonOf(step: FailedStep, models: Schema): string {
  const target = step.kind === 'foreign key' ? targetOf(step, models) : undefined
  const told = step.detail === undefined ? step.reason : `${step.reason} (${step.detail})`
  if (target === undefined || step.code !== UNDEFINED_TABLE) return told
  const isDeclared = models.tables.some((table) => keyOf(table) === keyOf(target))
  return isDeclared
    ? told
    : `its target, ${label('table', target.name, target.schema)}, is neither among the models nor in the database`
}

function targetOf({ on, name }: FailedStep, { tables }: Schema): ObjectName | undefined {
  const table = tables.find((one) => keyOf(one) === keyOf(on))
  return table?.foreignKeys.find((key) => key.name === name)?.foreignTable
}

function hintOf({ code, reason }: FailedStep): string {
  const leave = 'or leave it out with autogenerate.exclude.'
  const extension = extensionIn(reason)
  if (extension !== undefined)
    return `Install what is missing first, in a revision of its own (\`npx limbeck revision -m '${extension} extension'\`) that runs: CREATE EXTENSION "${extension}"; ${leave}`
  if (code === UNDEFINED_TABLE)
    return `If it is one of your models, export it where the others are; if it belongs to something else, create that first, ${leave}`
  if (MISSING.has(code))
    return `Create what is missing first, in a revision of its own (\`npx limbeck revision -m '…'\`), ${leave}`
  return `Correct the model, ${leave}`
}

/** The extension that makes what PostgreSQL does not find, where it is one of the usual. */
export function extensionIn(reason: string): string | undefined {
  const names: readonly string[] = reason.match(/[a-z]\w*/g) ?? []
  const [found] =
    Object.entries(EXTENSIONS).find(([, known]) =>
      known.split(' ').some((name) => names.includes(name)),
    ) ?? []
  return /does not exist/.test(reason) ? found : undefined
}
