import { LimbeckError } from '../errors.ts'

/** The part of PostgreSQL's grammar that is asked for. */
export type Grammar = Pick<typeof import('libpg-query'), 'parse' | 'fingerprint'>

/**
 * Loads PostgreSQL's grammar, at the first statement that needs it. Apart from parsing, so that a failure to load it is not
 * taken for a fault of the SQL. Throws LIMBECK_LOAD_FAILED.
 */
export async function loadGrammar(): Promise<Grammar> {
  try {
    const grammar = await import('libpg-query')
    await grammar.loadModule()
    return grammar
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new LimbeckError(
      'LIMBECK_LOAD_FAILED',
      `could not load PostgreSQL's grammar, which splits revisions into statements: ${reason}`,
      {
        cause,
        hint: 'Split them beforehand with `npx limbeck bundle -o migrations.mjs` and pass the module as the option bundle, or keep limbeck out of the bundle (external).',
      },
    )
  }
}
