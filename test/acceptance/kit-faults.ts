/** Cases that drizzle-kit 0.31 cannot build. */
export interface KitFault {
  readonly why: string
  /** Its own error, or PostgreSQL's about its SQL. */
  readonly error: RegExp
  readonly cases: readonly string[]
}

/** So that nobody takes a gap of the oracle for a proof: what it fails on must go on failing. */
export const kitFaults: readonly KitFault[] = [
  {
    why: 'does not escape double quotes in names',
    error: /syntax error|zero-length delimited identifier/,
    cases: [
      'checks: another name: after',
      'enums: an enum whose name needs quotes: before',
      'enums: an enum whose name needs quotes: after',
      'foreignKeys: another name: after',
      'indexes: another name: after',
      'names: quotes, spaces, umlauts and keywords: after',
      'names: a change among quotes, spaces, umlauts and keywords: before',
      'names: a change among quotes, spaces, umlauts and keywords: after',
      'nullability: not null on a column whose name needs quotes: before',
      'nullability: not null on a column whose name needs quotes: after',
      'policies: another name: after',
      'schemas: a schema whose name needs quotes: after',
      'sequences: a sequence with a name of its own kind: after',
      'uniques: another name: after',
    ],
  },
  {
    why: 'leaves parameters of index and check expressions in place',
    error: /there is no parameter \$1/,
    cases: [
      'checks: over several columns with parameters: after',
      'indexes: another condition: before',
    ],
  },
  {
    why: 'loses NaN and Infinity',
    error: /deeply equal/,
    cases: ['defaults: numbers: zero, negative, fractions, NaN, infinity: after'],
  },
  {
    why: 'cannot serialize a BigInt',
    error: /serialize a BigInt/,
    cases: [
      'defaults: bigint beyond what a number holds: before',
      'defaults: bigint beyond what a number holds: after',
    ],
  },
  {
    why: 'does not quote points, escape quotes or bracket expressions of defaults',
    error: /syntax error/,
    cases: [
      'defaults: times that are now: after',
      'defaults: json objects with quotes: after',
      'defaults: arrays: empty, with quotes, commas and NULL: after',
      'defaults: points and lines: before',
      'defaults: points and lines: after',
      'defaults: values of an enum, alone and in an array: after',
    ],
  },
  {
    why: 'refuses parameters in defaults',
    error: /support params for/,
    cases: ['defaults: SQL expressions: after'],
  },
  {
    why: 'makes foreign keys before the unique index they need',
    error: /no unique constraint matching/,
    cases: [
      'foreignKeys: to what only a unique index makes unique: after',
      'uniques: a unique index under a foreign key becomes a constraint: before',
    ],
  },
  {
    why: 'makes views in the order of their declaration',
    error: /relation "z" does not exist/,
    cases: [
      'views: a chain comes: after',
      'views: a chain over a column whose type changes: before',
      'views: a chain over a column whose type changes: after',
      'views: a chain over a column that becomes text: before',
      'views: a chain over a column that becomes text: after',
      'views: a chain over a table that gets a column: before',
      'views: a chain over a table that gets a column: after',
      'views: the lowest of a chain changes: before',
      'views: the lowest of a chain changes: after',
    ],
  },
  {
    why: 'keeps a closing semicolon of a view',
    error: /syntax error at or near ";"/,
    cases: ['views: raw SQL: joins, aggregates, subqueries, window functions, with: after'],
  },
]
