import type { Comparison } from '../autogenerate/compare-with-database.ts'
import { produceRevisions, type RevisionDraft } from '../autogenerate/produce.ts'
import type { Config } from '../config/resolve-config.ts'
import { readModels } from '../models/read-models.ts'
import { inDefaultSchema } from '../schema/default-schema.ts'
import { schemaFingerprint } from '../schema/fingerprint.ts'
import type { Schema } from '../schema/schema.ts'
import { type Spelling, spellingOf } from '../schema/spelling.ts'
import type { Revisions } from '../script/revisions.ts'
import type { Session } from '../session/session.ts'
import { type CastOptions, withCasts } from './casts.ts'
import { compareModels } from './compare-models.ts'
import { withHindrances } from './hindrances.ts'
import { withPutBack } from './put-back.ts'
import { answerRenames, type RenameOptions } from './rename-answers.ts'
import { requireCompared } from './require-compared.ts'
import type { SavedAnswer } from './saved-answers.ts'
import { namedHooks } from './wrap-hooks.ts'

/** What only a person knows of a change: answers to questions, and how to ask them. */
export interface ChangesOptions extends RenameOptions, CastOptions {}

/** A comparison that leaves something out is not enough to write a revision of. */
export interface FindOptions extends ChangesOptions {
  readonly complete?: boolean | undefined
}

/** What leads from the database to the models. */
export interface Changes {
  /** None when they agree. */
  readonly drafts: readonly RevisionDraft[]
  readonly models: Schema
  /** Of the models, for the header of the revision that leads there. */
  readonly fingerprint: string
  /** The models' own statements. */
  readonly spelling: Spelling
  readonly warnings: Comparison['warnings']
  /** Answers about renames that this run was given, to be kept for the next. */
  readonly answers: readonly SavedAnswer[]
}

/**
 * Reads the models, compares them with the database and says what to do, as data. Throws what readModels() throws,
 * LIMBECK_NOT_COMPARED, LIMBECK_RENAME_QUESTION and LIMBECK_NO_CAST with the questions, LIMBECK_INVALID_OPTION for an answer that fits nothing.
 */
export async function findChanges(
  session: Session,
  revisions: Revisions,
  { complete = false, ...options }: FindOptions,
): Promise<Changes> {
  const { config } = session
  const models = await readModels(config)
  warnIfEmpty(models, config)
  const { comparison, renames, answers } = await answerRenames(
    async (known) => {
      const compared = await compareModels(session, revisions, models, { renames: known })
      if (complete) requireCompared(compared.warnings)
      return compared
    },
    config,
    options,
  )
  const produced = produceRevisions(comparison, {
    renames,
    edit: namedHooks(config.autogenerate).operations,
    inOne: config.transaction === 'all',
  })
  const cast = await withPutBack(session, await withCasts(session, produced, options))
  const drafts = await withHindrances(session, cast, {
    live: comparison.before,
    renames,
    along: comparison.along,
  })
  for (const { object, message, isNote } of comparison.warnings)
    if (isNote) config.logger.warn({ object }, message)
  const spelling = spellingOf(inDefaultSchema(models, config.schema))
  const fingerprint = schemaFingerprint(models)
  return { drafts, models, fingerprint, spelling, warnings: comparison.warnings, answers }
}

/** Nothing at all is seldom meant: it would drop every table. */
function warnIfEmpty(models: Schema, { logger, models: from }: Config): void {
  const { tables, views, enums, sequences } = models
  if ([tables, views, enums, sequences].some(({ length }) => length > 0)) return
  const where = typeof from === 'string' ? { file: from } : {}
  logger.warn(where, 'the models export no table, view, enum or sequence')
}
