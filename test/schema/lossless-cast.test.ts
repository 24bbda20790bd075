import { expect, test } from 'vitest'
import { isLossless } from '../../src/schema/lossless-cast.ts'

const timestamp = 'timestamp without time zone'
const timestamptz = 'timestamp with time zone'
const time = 'time without time zone'

test.each([
  ['smallint', 'integer'],
  ['integer', 'bigint'],
  ['smallint', 'real'],
  ['integer', 'double precision'],
  ['real', 'double precision'],
  ['smallint', 'numeric'],
  ['bigint', 'numeric(19,0)'],
  ['numeric(4,0)', 'smallint'],
  ['numeric(9,0)', 'integer'],
  ['numeric(9,1)', 'numeric(10,2)'],
  ['boolean', 'integer'],
  ['boolean', 'character varying(5)'],
  ['integer', 'character varying(11)'],
  ['uuid', 'character varying(36)'],
  ['uuid', 'text'],
  ['numeric(5,2)', 'character varying(8)'],
  ['character varying(10)', 'text'],
  ['character varying(10)', 'character varying(20)'],
  ['character(5)', 'character varying(5)'],
  ['text', 'character varying'],
  ['text', 'citext'],
  ['citext', 'text'],
  ['date', timestamp],
  ['date', timestamptz],
  [timestamp, timestamptz],
  [timestamptz, timestamp],
  ['timestamp(3) without time zone', timestamp],
  ['time(3) without time zone', 'time(6) without time zone'],
  [time, 'interval'],
  ['interval day', 'interval'],
  ['interval day to second(3)', 'interval'],
  ['cidr', 'inet'],
  ['macaddr', 'macaddr8'],
  ['jsonb', 'json'],
  ['json', 'text'],
  ['bit(3)', 'bit varying(3)'],
  ['bit varying(3)', 'bit varying'],
  ['halfvec(3)', 'vector(3)'],
  ['vector(3)', 'vector'],
  ['geometry(Point,4326)', 'geometry'],
  ['integer[]', 'bigint[]'],
  ['integer[]', 'text[]'],
  ['integer[]', 'text'],
])('from %s to %s nothing is lost', (before, after) => {
  expect(isLossless({ type: before }, { type: after })).toBe(true)
})

test.each([
  ['bigint', 'integer'],
  ['integer', 'real'],
  ['bigint', 'double precision'],
  ['double precision', 'real'],
  ['numeric', 'double precision'],
  ['real', 'numeric'],
  ['numeric(5,0)', 'smallint'],
  ['numeric(9,1)', 'integer'],
  ['numeric(10,2)', 'numeric(10,4)'],
  ['bigint', 'numeric(18,0)'],
  ['integer', 'boolean'],
  ['integer', 'character varying(10)'],
  [timestamp, 'character varying(10)'],
  ['text', 'integer'],
  ['text', 'jsonb'],
  ['character varying(5)', 'character(9)'],
  [timestamp, 'date'],
  [timestamp, time],
  [timestamptz, 'date'],
  [timestamptz, 'timestamp(3) without time zone'],
  [timestamptz, time],
  [timestamp, 'timestamp(3) without time zone'],
  [time, 'time with time zone'],
  ['interval', time],
  ['interval', 'interval day'],
  ['interval', 'interval(3)'],
  ['interval day to second', 'interval(3)'],
  ['interval year', 'interval day'],
  ['inet', 'cidr'],
  ['macaddr8', 'macaddr'],
  ['json', 'jsonb'],
  ['vector(3)', 'halfvec(3)'],
  ['vector', 'vector(3)'],
  ['bit(8)', 'bit varying(3)'],
  ['geometry', 'geometry(Point,4326)'],
  ['geometry', 'geography'],
  ['tsvector', 'tsquery'],
  ['bigint[]', 'integer[]'],
  ['text', 'text[]'],
  [`${timestamptz}[]`, `${timestamp}[]`],
  ['date[]', `${timestamptz}[]`],
  ['jsonb', 'hstore'],
])('from %s to %s something may be lost', (before, after) => {
  expect(isLossless({ type: before }, { type: after })).toBe(false)
})

test('an enum takes a value as it is or not at all, and gives it to text', () => {
  const mood = { type: 'mood', enum: { name: 'mood' } }
  expect(isLossless({ type: 'text' }, mood)).toBe(true)
  expect(isLossless({ type: 'integer' }, mood)).toBe(false)
  expect(isLossless(mood, { type: 'text' })).toBe(true)
  expect(isLossless(mood, { type: 'character varying(3)' })).toBe(false)
  expect(isLossless({ ...mood, type: 'mood[]' }, { type: 'text[]' })).toBe(true)
})
