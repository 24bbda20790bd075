import { join } from 'node:path'
import * as pg from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { findChanges } from '../../src/changes/find-changes.ts'
import { resolveConfig } from '../../src/config/resolve-config.ts'
import { readEmptyCopy } from '../../src/scratch/empty-copy.ts'
import { tryRevisions, type Untried } from '../../src/scratch/try-revisions.ts'
import { loadRevisions } from '../../src/script/revisions.ts'
import { withSession } from '../../src/session/session.ts'
import { project } from './autogenerate-project.ts'
import { after, before } from './trial-models.ts'

describe('where it leads', () => {
  /** Whether a body of SQL, written by whoever, is let through for the change from `before` to `models`. */
  async function tried(
    models: Record<string, unknown>,
    upgrade: string,
    downgrade: string,
    earlier: readonly Untried[] = [],
  ) {
    const own = await project()
    await own.reach(before)
    const config = resolveConfig({
      url: own.url,
      migrations: join(own.root, 'migrations'),
      models,
    })
    const files = await loadRevisions(config.folders)
    const revision = { upgrade, downgrade, transactional: true, hindrances: [] }
    return await withSession(config, async (session) => {
      const changes = await findChanges(session, files, {})
      const copy = await readEmptyCopy(
        session,
        changes.drafts.flatMap((draft) => [...draft.upgrade, ...draft.downgrade]),
      )
      const goal = { models: changes.models, isWhole: copy.isWhole }
      return await tryRevisions(session.config, files, {
        revisions: [...earlier, revision],
        copy,
        goal,
      })
    })
  }
  const b = { t: pg.pgTable('t', { id: pg.integer().primaryKey(), a: pg.text(), b: pg.integer() }) }
  const view = pg.pgView('v').as((qb) => qb.select({ a: before.t.a }).from(before.t))

  test('what is in the way of one revision explains no failure of another', async () => {
    const earlier: Untried = {
      upgrade: 'SELECT 1',
      downgrade: 'SELECT 1',
      transactional: true,
      hindrances: ['fails while something is there'],
    }
    const failing = (revisions: readonly Untried[]) =>
      tried(b, 'ALTER TABLE t ADD COLUMN a integer', 'SELECT 1', revisions)
    await expect(failing([earlier])).rejects.toMatchObject({ code: 'LIMBECK_TRIAL_FAILED' })
    const own = tried(b, 'ALTER TABLE t ADD COLUMN b integer', 'DROP TABLE missing', [earlier])
    await expect(own).rejects.toMatchObject({ code: 'LIMBECK_TRIAL_FAILED' })
  })

  test.each<[string, Record<string, unknown>, string, string]>([
    ['a column', b, 'ALTER TABLE t ADD COLUMN b integer', 'ALTER TABLE t DROP COLUMN b'],
    ['a view', { ...before, view }, 'CREATE VIEW v AS SELECT a FROM t', 'DROP VIEW v'],
  ])('there and back is fine: %s', async (_, models, upgrade, downgrade) => {
    expect(await tried(models, upgrade, downgrade)).toBeNull()
  })

  test.each<[string, Record<string, unknown>, string, string, RegExp]>([
    [
      'an upgrade that does nothing',
      b,
      'SELECT 1',
      'SELECT 1',
      /upgrade .* does not lead to what the models say.*: the models have column t\.b, the database has not$/,
    ],
    [
      'an upgrade that does another thing',
      b,
      'ALTER TABLE t ADD COLUMN b bigint',
      'ALTER TABLE t DROP COLUMN b',
      /column t\.b differs: type is bigint in the database, integer in the models$/,
    ],
    [
      'an upgrade that does more',
      b,
      'ALTER TABLE t ADD COLUMN b integer; CREATE INDEX i ON t (b)',
      'ALTER TABLE t DROP COLUMN b',
      /the database has index i on t, the models have not$/,
    ],
    [
      'a view over something else',
      { ...before, view },
      "CREATE VIEW v AS SELECT 'x'::text AS a FROM t",
      'DROP VIEW v',
      /view v differs/,
    ],
    [
      'a downgrade that does nothing',
      b,
      'ALTER TABLE t ADD COLUMN b integer',
      'SELECT 1',
      /downgrade .* does not lead back .*: only the copy afterwards has column t\.b$/,
    ],
    [
      'a downgrade that leaves a function',
      b,
      'ALTER TABLE t ADD COLUMN b integer',
      "ALTER TABLE t DROP COLUMN b; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
      /only the copy afterwards has function f\(\)/,
    ],
  ])('%s is not', async (_, models, upgrade, downgrade, message) => {
    await expect(tried(models, upgrade, downgrade)).rejects.toMatchObject({
      code: 'LIMBECK_TRIAL_FAILED',
      message: expect.stringMatching(message),
    })
  })

  test('what a hook keeps from being done is no difference', async () => {
    const own = await project({
      autogenerate: { operations: (all) => all.filter(({ kind }) => kind !== 'create index') },
    })
    await own.reach(before)
    const { notTried } = await own.limbeck(after).autogenerate({ message: 'after' })
    expect(notTried).toBeNull()
  })
})
