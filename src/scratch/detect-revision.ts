import type { Config } from '../config/resolve-config.ts'
import { LimbeckError } from '../errors.ts'
import { ledgerTableNames } from '../ledger/ledger-table.ts'
import type { CompiledStep } from '../run/compile-step.ts'
import type { Revisions } from '../script/revisions.ts'
import type { Session } from '../session/session.ts'
import { buildChain } from './build-scratch.ts'
import { type CatalogDifference, compareCatalogs, readCatalogObjects } from './catalog-objects.ts'
import { notEqual } from './nearest-revision.ts'

/**
 * The version rows of the revision whose schema equals the database: the chain is built in a scratch database and compared
 * after every step. Never a guess: throws LIMBECK_LEGACY_DATABASE when no revision equals it, with the nearest one and the
 * SQL that leads there (left out beyond `longestSql` characters), or when several do; LIMBECK_PERMISSION_DENIED when no
 * scratch database may be made.
 */
export async function detectRows(
  session: Session,
  revisions: Revisions,
  { longestSql = Number.POSITIVE_INFINITY } = {},
): Promise<readonly string[]> {
  const { connection } = session
  const config = withoutLedgers(session.config)
  const live = await readCatalogObjects(connection, config)
  const states: State[] = []
  const schemas = new Set<string>()
  config.logger.info({}, 'looking for the revision whose schema equals the database')
  await buildChain(config, revisions, async (step, scratch) => {
    const built = await readCatalogObjects(scratch.connection, scratch.config)
    for (const object of built.keys()) if (object.startsWith('schema ')) schemas.add(object)
    const differences = compareCatalogs(live, built).filter(matters)
    states.push(stateAfter(step, differences))
  })
  const others = [...live.keys()].filter(
    (object) => object.startsWith('schema ') && !schemas.has(object),
  )
  const judged = states.map((state) => withoutSchemas(state, others))
  const [found, ...more] = candidates(judged)
  if (found === undefined) {
    const names = [...schemas].map((object) => object.slice('schema '.length))
    const nearest = { ...nearestOf(judged), schemas: names }
    throw await notEqual({ ...session, config }, revisions, nearest, longestSql)
  }
  if (more.length > 0) throw severalMatches([found, ...more], revisions)
  config.logger.info({ rows: found.rows }, `the schema of ${found.revision} equals the database`)
  return found.rows
}

/** The chain after one of its steps. */
interface State {
  readonly revision: string
  /** Version rows, sorted. */
  readonly rows: readonly string[]
  /** The step ran nothing: the state before it is the same one. */
  readonly isEmpty: boolean
  readonly differences: readonly CatalogDifference[]
}

function stateAfter({ move, body }: CompiledStep, differences: State['differences']): State {
  return {
    revision: move.step.revision,
    rows: move.rows.toSorted(),
    isEmpty: body.kind === 'sql' && body.statements.length === 0,
    differences,
  }
}

/** Tables in which other tools keep what they have run say nothing about revisions. */
const withoutLedgers = (config: Config): Config => ({
  ...config,
  ignoreTables: [...config.ignoreTables, ...ledgerTableNames(config)],
})

/** Without what is in schemas that no revision makes: they are managed elsewhere. */
function withoutSchemas(state: State, schemas: readonly string[]): State {
  const others = schemas.map((object) => object.slice('schema '.length))
  const isTheirs = ({ object }: CatalogDifference) =>
    schemas.includes(object) ||
    others.some((schema) => {
      const at = object.indexOf(`${schema}.`)
      return at > 0 && / $/.test(object.slice(0, at))
    })
  return { ...state, differences: state.differences.filter((one) => !isTheirs(one)) }
}

/** What an operator installs beside the schema says nothing about revisions. */
const matters = ({ object, right }: CatalogDifference): boolean =>
  right !== undefined || !object.startsWith('extension ')

/** States that equal the database; of those with nothing run in between, the last. */
function candidates(states: readonly State[]): readonly State[] {
  return states.filter(
    ({ differences }, index) => differences.length === 0 && states[index + 1]?.isEmpty !== true,
  )
}

/** Of equally near ones the last: a database has rather drifted than stayed behind. */
function nearestOf(states: readonly State[]): State {
  const [nearest] = states
    .toReversed()
    .toSorted((a, b) => a.differences.length - b.differences.length)
  if (nearest !== undefined) return nearest
  throw new LimbeckError('LIMBECK_FOLDER_EMPTY', 'there is no revision to compare with', {
    hint: 'Write the first one: `npx limbeck revision -m "initial schema"`.',
  })
}

function severalMatches(found: readonly State[], { scripts }: Revisions): LimbeckError {
  const ids = found.map(({ revision }) => revision)
  const commands = found.map(
    ({ revision, rows }) =>
      `\`npx limbeck stamp ${rows.join(' ')}\` (after "${scripts.get(revision)?.message ?? revision}")`,
  )
  return new LimbeckError(
    'LIMBECK_LEGACY_DATABASE',
    `the schema of this database is that of ${ids.join(' and of ')}: what they do to data cannot be seen in it. Nothing was changed.`,
    {
      revisions: ids,
      hint: `Say which one it is; later ones are run again:\n${commands.join('\n')}`,
    },
  )
}
