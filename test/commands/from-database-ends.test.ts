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
