import type { Config } from '../../config/resolve-config.ts'

/** Says that a query of a revision's code or hook came too late: its rejection may be caught where it is not told. */
export function sayLateQuery({ logger }: Pick<Config, 'logger'>, revision: string): () => void {
  return () =>
    logger.error(
      { revision, code: 'LIMBECK_STEP_FAILED', hint: 'Await every query in the revision.' },
      `code of revision ${revision} made a query after it had returned: it was not sent`,
    )
}
