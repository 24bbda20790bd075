import { readdir, readFile } from 'node:fs/promises'
import { initDb } from 'limbeck'
import { expect, test } from 'vitest'
import { createMigrator } from '../../src/migrator.ts'
import { createDatabase } from '../support/postgres.ts'
import { revisionFolder } from '../support/revisions.ts'
import { newRole } from '../support/role.ts'

/** Every word of Limbeck's sources that PostgreSQL has a function, an operator or a relation of. */
async function namesUsed(): Promise<ReadonlySet<string>> {
  const files = await readdir('src', { recursive: true })
  const texts = await Promise.all(
    files.filter((file) => file.endsWith('.ts')).map((file) => readFile(`src/${file}`, 'utf8')),
  )
  return new Set(texts.join('\n').match(/\b[a-z_][a-z0-9_]*\b/g))
}

const types = [
  'varchar',
  'text',
  'name',
  'oid',
  'int2',
  'int4',
  'int8',
  'bool',
  'regclass',
  '"char"',
]
const operators = [
  '=',
  '<>',
  '<',
  '>',
  '<=',
  '>=',
  '||',
  '@>',
  '-',
  '+',
  '*',
  '~',
  '!~',
  '->',
  '->>',
]

/** SQL of a role that may create in public: whatever it makes is called like something of pg_catalog, and climbs when it is run. */
function trap(names: readonly string[], attacker: string): readonly string[] {
  const climb = `IF (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) current_user) THEN
      EXECUTE 'ALTER ROLE ${attacker} SUPERUSER'; END IF`
  const make = (name: string, args: string, returns: string, value: string) =>
    `CREATE FUNCTION public."${name}"(${args}) RETURNS ${returns} LANGUAGE plpgsql AS $$ BEGIN ${climb}; RETURN ${value}; END $$`
  return [
    ...names.flatMap((name) => [
      make(name, '', 'pg_catalog.text', "'trapped'"),
      ...types.map((type) => make(name, type, 'pg_catalog.text', "'trapped'")),
      make(
        name,
        'pg_catalog.text, pg_catalog.text, pg_catalog.bool',
        'pg_catalog.text',
        "'trapped'",
      ),
      make(name, 'VARIADIC pg_catalog.text[]', 'pg_catalog.text', "'trapped'"),
      `CREATE AGGREGATE public."${name}"(pg_catalog.record) (SFUNC = trap_state, STYPE = pg_catalog.text)`,
      `CREATE AGGREGATE public."${name}"(*) (SFUNC = trap_star, STYPE = pg_catalog.text)`,
      `CREATE VIEW public."${name}" AS SELECT 1 AS trapped`,
      `CREATE DOMAIN public."${name}" AS pg_catalog.int4`,
    ]),
    ...types.flatMap((left) =>
      types.flatMap((right) => [
        make(
          `op_${left}_${right}`.replaceAll('"', ''),
          `${left}, ${right}`,
          'pg_catalog.bool',
          'false',
        ),
        ...operators.map((operator) =>
          `CREATE OPERATOR public.${operator} (FUNCTION = public."op_${left}_${right}", LEFTARG = ${left}, RIGHTARG = ${right})`
            .replaceAll('op_"char"', 'op_char')
            .replaceAll('_"char""', '_char"'),
        ),
      ]),
    ),
  ]
}

/** What cannot be made, because the name or the kind is taken, keeps none of the others from being made. */
function spring(statements: readonly string[]): string {
  const list = statements.map((sql) => `$trap$${sql}$trap$`).join(',')
  return `DO $spring$ DECLARE each pg_catalog.text; made pg_catalog.int4 := 0; BEGIN
    FOREACH each IN ARRAY ARRAY[${list}] LOOP
      BEGIN EXECUTE each; made := made OPERATOR(pg_catalog.+) 1;
      EXCEPTION WHEN OTHERS THEN NULL; END;
    END LOOP;
    PERFORM pg_catalog.set_config('trap.made', made::pg_catalog.text, false); END $spring$`
}

test.each(['"$user", public', 'public, pg_catalog'])(
  'with search_path %s nothing that others have made in public is run by Limbeck',
  async (path) => {
    const database = await createDatabase()
    const attacker = await newRole(database)
    await database.query(`GRANT CREATE, USAGE ON SCHEMA public TO PUBLIC;
      ALTER DATABASE "${database.name}" SET search_path = ${path}`)
    const words = await namesUsed()
    const found = await database.query<{ name: string }>(
      `SELECT DISTINCT proname AS name FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace
       UNION SELECT relname FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind IN ('r', 'v')
       UNION SELECT typname FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace`,
    )
    const names = found.map(({ name }) => name).filter((name) => words.has(name))
    await attacker.query(
      spring([
        `CREATE FUNCTION public.trap_state(pg_catalog.text, pg_catalog.record) RETURNS pg_catalog.text LANGUAGE sql AS 'SELECT $1'`,
        `CREATE FUNCTION public.trap_star(pg_catalog.text) RETURNS pg_catalog.text LANGUAGE sql AS 'SELECT $1'`,
        ...trap(names, attacker.name),
      ]),
    )
    const [made] = await database.query<{ n: number }>(
      `SELECT pg_catalog.count(*)::pg_catalog.int4 AS n FROM pg_catalog.pg_proc
       WHERE pronamespace OPERATOR(pg_catalog.=) 'public'::pg_catalog.regnamespace::pg_catalog.oid`,
    )
    expect(made?.n).toBeGreaterThan(1_000)

    const folder = await revisionFolder()
    await folder.sql('aaa1', {
      up: 'CREATE TABLE app.things (id pg_catalog.int4 PRIMARY KEY)',
      down: 'DROP TABLE app.things',
    })
    await folder.sql('bbb2', {
      revises: 'aaa1',
      head: ['transaction: none'],
      up: 'CREATE INDEX CONCURRENTLY things_id ON app.things (id)',
      down: 'DROP INDEX CONCURRENTLY app.things_id',
    })
    const { pgTable, integer } = await import('drizzle-orm/pg-core')
    const models = { things: pgTable('things', { id: integer('id').primaryKey() }) }
    const options = { url: database.url, migrations: folder.path, schema: 'app', models }
    expect((await initDb({ ...options, fresh: 'chain' })).outcome).toBe('created')
    for (const mode of ['upgrade', 'verify', 'wait'] as const)
      expect((await initDb({ ...options, mode })).outcome).toBe('current')
    const migrator = createMigrator(options)
    await migrator.downgrade('base')
    await migrator.upgrade('head')
    expect(await migrator.history()).toHaveLength(2)
    expect((await migrator.check()).findings.map(({ code }) => code)).toEqual([
      'models-differ',
      'chain-differs',
    ])
    expect((await migrator.diff()).changes).toMatchObject([{ sql: 'DROP INDEX "things_id";' }])
    await migrator.stamp('aaa1')
    const [role] = await database.query(
      `SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) '${attacker.name}'`,
    )
    expect(role).toEqual({ rolsuper: false })
  },
  120_000,
)
