/**
 * What PostgreSQL words constants and names by, for the rest of a transaction. Two databases are compared text by text, and a text
 * of one may be given to the other: what their roles and databases prefer must not show. pg_dump does the same.
 */
export const plainSpelling = [
  // The order of day and month stays: it decides only what is read.
  'SET LOCAL DateStyle = ISO',
  'SET LOCAL IntervalStyle = postgres',
  "SET LOCAL TimeZone = 'UTC'",
  'SET LOCAL extra_float_digits = 1',
  'SET LOCAL bytea_output = hex',
  'SET LOCAL quote_all_identifiers = off',
  'SET LOCAL standard_conforming_strings = on',
].join('; ')

/** Takes back what of it decides also how a statement is read. */
export const ownReading = 'SET LOCAL IntervalStyle TO DEFAULT; SET LOCAL TimeZone TO DEFAULT'
