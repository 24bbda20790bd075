import { eq, gt, sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'

/** Models with something of every kind, two schemas, and texts that PostgreSQL spells in its own way. */
const billing = pg.pgSchema('Billing "x"')
const mood = pg.pgEnum('mood', ['sad', "it's", 'ok'])
const kind = billing.enum('kind', ['invoice', 'credit'])
const counter = billing.sequence('counter', { startWith: 10, increment: 5, cache: 2 })

const people = pg.pgTable(
  'people',
  {
    id: pg.serial().primaryKey(),
    identity: pg.bigint({ mode: 'number' }).generatedByDefaultAsIdentity({ startWith: 5 }),
    name: pg.varchar({ length: 20 }).notNull(),
    slug: pg.text().generatedAlwaysAs(sql`lower(name) || '-' || coalesce(nick, 'x')`),
    nick: pg.text().unique(),
    mood: mood().default("it's").notNull(),
    moods: mood().array().default(['sad']),
    tags: pg.text().array().notNull().default([]),
    at: pg.timestamp({ withTimezone: true, precision: 3 }).defaultNow(),
    code: pg.integer().default(sql`nextval('"Billing ""x""".counter')`),
    data: pg.jsonb().default({ a: "it's" }),
    price: pg.numeric({ precision: 10, scale: 2 }).default('1.5'),
    boss: pg.integer().references((): pg.AnyPgColumn => people.id, { onDelete: 'set null' }),
  },
  (t) => [
    pg.check('known', sql`${t.name} in ('a', 'b') or ${t.mood} <> 'sad'`),
    pg.check('sane', sql`${t.code} between 1 and 10 and ${t.nick} not like '%x%'`),
    pg.index('people_lower').on(sql`lower(${t.name}) desc`, t.at.desc().nullsLast()),
    pg.uniqueIndex('people_live').on(t.nick).where(sql`${t.mood} in ('ok', 'sad')`),
    pg.index('people_tags').using('gin', t.tags).with({ fastupdate: false }),
    pg.pgPolicy('own', {
      for: 'select',
      to: 'public',
      using: sql`exists (select 1 from "Billing ""x""".bills b where b.person = ${t.id})`,
    }),
    pg.pgPolicy('mine', {
      for: 'insert',
      withCheck: sql`${t.name} = current_user`,
      as: 'restrictive',
    }),
  ],
)
const bills = billing.table(
  'bills',
  {
    id: pg.uuid().defaultRandom(),
    person: pg.integer().references(() => people.id, { onDelete: 'cascade', onUpdate: 'restrict' }),
    kind: kind().default('invoice'),
    mood: mood(),
    number: pg.bigserial({ mode: 'number' }),
    line: pg.varchar({ length: 3 }),
  },
  (t) => [
    pg.primaryKey({ columns: [t.id, t.number] }),
    pg.unique().on(t.person, t.number),
    pg.check('kinds', sql`${t.kind} in ('invoice', 'credit') and ${t.line} in ('a', 'b')`),
  ],
)
const rich = pg.pgView('rich').as((qb) =>
  qb
    .select({ id: people.id, label: sql<string>`'x'`.as('label'), kind: bills.kind })
    .from(people)
    .innerJoin(bills, eq(bills.person, people.id))
    .where(sql`${bills.line} in ('a', 'b')`),
)
const poor = billing
  .view('poor')
  .with({ checkOption: 'local', securityBarrier: true })
  .as((qb) => qb.select().from(people).where(gt(people.id, 1)))
const summary = billing
  .materializedView('summary')
  .as((qb) => qb.select({ label: rich.label }).from(rich))

export const kitchenSink = { billing, mood, kind, counter, people, bills, rich, poor, summary }
