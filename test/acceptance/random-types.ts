import type { Drizzle } from './case.ts'
import { drizzle045 } from './drizzle-versions.ts'

type Make = (name: string) => unknown

/** How each kind of id is made, and what points at it. */
export function idsOf({ pg }: Drizzle) {
  const bigint = (name: string) => pg.bigint(name, { mode: 'number' })
  const integer = (name: string) => pg.integer(name)
  return {
    serial: [(name) => pg.serial(name), integer],
    smallserial: [(name) => pg.smallserial(name), (name) => pg.smallint(name)],
    bigserial: [(name) => pg.bigserial(name, { mode: 'number' }), bigint],
    integer: [integer, integer],
    identity: [(name) => integer(name).generatedAlwaysAsIdentity(), integer],
    'identity from 100': [
      (name) => integer(name).generatedByDefaultAsIdentity({ startWith: 100 }),
      integer,
    ],
    'identity by 5': [
      (name) =>
        bigint(name).generatedAlwaysAsIdentity({
          increment: 5,
          minValue: 2,
          maxValue: 5000,
          cache: 3,
          cycle: true,
        }),
      bigint,
    ],
    uuid: [(name) => pg.uuid(name).defaultRandom(), (name) => pg.uuid(name)],
  } as const satisfies Record<string, readonly [own: Make, reference: Make]>
}

/**
 * How each is made, and a default for it. `mood` stands for the enum, and for text where there is none; `numbered` takes its
 * default from the sequence, where there is one.
 */
export function typesOf({ pg, sql }: Drizzle) {
  return {
    integer: [(name) => pg.integer(name), -5],
    smallint: [(name) => pg.smallint(name), 3],
    bigint: [(name) => pg.bigint(name, { mode: 'bigint' }), 9007199254740993n],
    numbered: [(name) => pg.bigint(name, { mode: 'bigint' }), 7n],
    numeric: [(name) => pg.numeric(name), '1.50'],
    'numeric(10,2)': [(name) => pg.numeric(name, { precision: 10, scale: 2 }), '1.50'],
    'double precision': [(name) => pg.doublePrecision(name), 1.5],
    boolean: [(name) => pg.boolean(name), true],
    text: [(name) => pg.text(name), "it's\\ {x}"],
    'varchar(10)': [(name) => pg.varchar(name, { length: 10 }), 'now()'],
    'varchar(20)': [(name) => pg.varchar(name, { length: 20 }), ''],
    'char(3)': [(name) => pg.char(name, { length: 3 }), 'ab'],
    date: [(name) => pg.date(name), '2020-01-01'],
    timestamp: [(name) => pg.timestamp(name), sql`now() + interval '1 day'`],
    'timestamp(3)': [(name) => pg.timestamp(name, { precision: 3 }), new Date(0)],
    timestamptz: [(name) => pg.timestamp(name, { withTimezone: true }), sql`now()`],
    uuid: [(name) => pg.uuid(name), sql`gen_random_uuid()`],
    jsonb: [(name) => pg.jsonb(name), { says: "it's" }],
    json: [(name) => pg.json(name), []],
    'text[]': [(name) => pg.text(name).array(), ["it's", 'x,y']],
    'integer[]': [(name) => pg.integer(name).array(), [1, 2]],
    mood: [(name) => pg.text(name), 'a'],
    'mood[]': [(name) => pg.text(name).array(), ['a']],
  } as const satisfies Record<string, readonly [Make, standard: unknown]>
}

export type Id = keyof ReturnType<typeof idsOf>
export type Type = keyof ReturnType<typeof typesOf>

export const ids = Object.keys(idsOf(drizzle045)) as readonly Id[]
export const types = Object.keys(typesOf(drizzle045)) as readonly Type[]

/** What b-tree indexes and `=` take. */
export const isComparable = (type: string) => !/json|\[\]/.test(type)
