import type { PgPolicyConfig } from 'drizzle-orm/pg-core'
import type { CaseTable } from '../case.ts'

export const policies: CaseTable = ({ pg, sql, withRowSecurity }) => {
  const columns = () => ({ id: pg.integer('id'), owner: pg.text('owner') })
  const plain = { t: pg.pgTable('t', columns()) }
  const secured = (config: PgPolicyConfig, name = 'p') => ({
    t: pg.pgTable('t', columns(), () => [pg.pgPolicy(name, config)]),
  })
  const everybody = pg.pgRole('pg_monitor').existing()
  const rows = [`INSERT INTO t VALUES (1, 'a')`]
  const using = sql`owner = current_user`
  return [
    {
      name: 'row security comes',
      before: plain,
      after: { t: withRowSecurity(pg.pgTable('t', columns())) },
      rows,
    },
    { name: 'a policy comes', before: plain, after: secured({ using }), rows },
    {
      name: 'another expression',
      before: secured({ using }),
      after: secured({ using: sql`id > 1`, withCheck: sql`id < 5` }),
      rows,
    },
    {
      name: 'another command',
      before: secured({ for: 'select', using }),
      after: secured({ for: 'update', using }),
    },
    {
      name: 'insert, with a check only',
      before: plain,
      after: secured({ for: 'insert', withCheck: using }),
    },
    {
      name: 'restrictive',
      before: secured({ using }),
      after: secured({ as: 'restrictive', using }),
    },
    {
      name: 'roles',
      before: secured({ using, to: 'public' }),
      after: secured({ using, to: [everybody, 'current_user'] }),
    },
    { name: 'another name', before: secured({ using }, 'p'), after: secured({ using }, 'Q "q"') },
    {
      name: 'row security stays when the last policy goes',
      before: secured({ using }),
      after: { t: withRowSecurity(pg.pgTable('t', columns())) },
    },
    {
      name: 'with a subquery over another table',
      before: { ...plain, teams: pg.pgTable('teams', { member: pg.text('member') }) },
      after: {
        ...secured({ using: sql`exists (select 1 from teams where teams.member = t.owner)` }),
        teams: pg.pgTable('teams', { member: pg.text('member') }),
      },
    },
    {
      name: 'the table that a policy of another reads goes',
      before: {
        ...secured({ using: sql`exists (select 1 from teams where teams.member = t.owner)` }),
        teams: pg.pgTable('teams', { member: pg.text('member') }),
      },
      after: secured({ using }),
    },
    {
      name: 'linked from outside the table',
      before: plain,
      after: (() => {
        const t = pg.pgTable('t', columns())
        return { t, own: pg.pgPolicy('own', { using }).link(t) }
      })(),
    },
  ]
}
