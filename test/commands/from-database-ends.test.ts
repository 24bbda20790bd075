import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readLiveSchema } from '../../src/changes/live-schema.ts'
import { resolveConfig } from '../../src/config/resolve-config.ts'
import { tryRevisions } from '../../src/scratch/try-revisions.ts'
import { loadRevisions } from '../../src/script/revisions.ts'
import { withSession } from '../../src/session/session.ts'
import { project } from './autogenerate-project.ts'

/** A check that PostgreSQL spells in another way each time it is made, among things that may get lost. */
const live = `
  CREATE TABLE t (a int CONSTRAINT positive CHECK (a > 0), b varchar(9) CONSTRAINT listed CHECK (b IN ('x', 'y')));
  CREATE INDEX i ON t (a) INCLUDE (b) WHERE b IN ('x', 'y');
  CREATE MATERIALIZED VIEW v AS SELECT a FROM t WHERE b IN ('x', 'y') WITH NO DATA;
  COMMENT ON TABLE t IS 'kept'`

/** Tries the text of a live schema that is written otherwise than it should be. */
async function tried(edit: (upgrade: string) => string): Promise<string | null> {
  const own = await project()
  await own.query(live)
  const config = resolveConfig({ url: own.url, migrations: join(own.root, 'migrations') })
  const found = await withSession(config, readLiveSchema)
  const upgrade = edit(found.upgrade)
  return await tryRevisions(config, await loadRevisions(config.folders), {
    revisions: [{ upgrade, transactional: true, hindrances: [] }],
    copy: { statements: [], path: found.path },
    live: found,
  })
}

test('a live schema that is written as it is leads to it', async () => {
  expect(await tried((text) => text)).toBeNull()
})

test.each<[string, [RegExp, string], RegExp]>([
  ['another check', [/a > 0/, 'a > 1'], /constraint positive on t differs: definition is CHECK/],
  ['another list', [/'y'::character varying/, "'z'::character varying"], /constraint listed on t/],
  ['an index without what it includes', [/ INCLUDE \("?b"?\)/, ''], /index i on t differs/],
  [
    'a view that is filled',
    [/WITH NO DATA/, ''],
    /view v differs: options is {"populated":"false"}/,
  ],
  ['no comment', [/COMMENT ON .*;/, ''], /only the database has comment on t/],
])('%s is named', async (_, [from, to], message) => {
  const failure = await tried((text) => text.replace(from, to)).catch((error) => error)
  expect(failure).toMatchObject({ code: 'LIMBECK_TRIAL_FAILED' })
  expect(failure.message).toMatch(/does not make what the database has/)
  expect(failure.message).toMatch(message)
})

test('an index whose build was interrupted is not written, and named', async () => {
  const { limbeck, query, text } = await project()
  await query('CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1)')
  await query('CREATE UNIQUE INDEX CONCURRENTLY half ON t (a)').catch(() => null)
  const { file, notWritten, notTried } = await limbeck({}).fromDatabase({ message: 'x' })
  expect({ notWritten, notTried }).toEqual({
    notWritten: ['index half on t, whose build was interrupted'],
    notTried: null,
  })
  expect(text(file)).not.toContain('UNIQUE INDEX')
})

test('names of NOT NULL constraints that PostgreSQL does not give where tables inherit are named', async ({
  skip,
}) => {
  const { limbeck, query } = await project()
  const [server] = await query<{ major: number }>(
    `SELECT current_setting('server_version_num')::int / 10000 AS major`,
  )
  if ((server?.major ?? 0) < 18) skip('came with PostgreSQL 18')
  await query(`CREATE TABLE p (a int CONSTRAINT must NOT NULL, b int NOT NULL);
    CREATE TABLE k () INHERITS (p); CREATE TABLE l (a int NOT NULL, b int CONSTRAINT mine NOT NULL) INHERITS (p);
    CREATE TABLE q (a int NOT NULL) PARTITION BY LIST (a); CREATE TABLE q1 PARTITION OF q FOR VALUES IN (1);
    CREATE TABLE q2 (a int CONSTRAINT own NOT NULL); ALTER TABLE q ATTACH PARTITION q2 FOR VALUES IN (2)`)
  const { notWritten, notTried } = await limbeck({}).fromDatabase({ message: 'x' })
  expect({ notWritten, notTried }).toEqual({
    notWritten: [
      'name of the constraint must on p',
      'name of the inherited constraint mine on l',
      'name of the inherited constraint own on q2',
    ],
    notTried: null,
  })
})
