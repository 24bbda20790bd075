import { compareModels } from '../changes/compare-models.ts'
import { describeOperations } from '../changes/describe-operations.ts'
import { diff } from '../schema/diff.ts'
import type { Schema } from '../schema/schema.ts'
import type { Revisions } from '../script/revisions.ts'
import type { Session } from '../session/session.ts'
import type { Finding } from './finding.ts'

/** Alembic's `check`: a finding for each object that differs. */
export async function checkModels(
  session: Session,
  revisions: Revisions,
  models: Schema,
): Promise<readonly Finding[]> {
  const { before, after, warnings } = await compareModels(session, revisions, models)
  return [
    ...describeOperations(diff(before, after)).map(
      (message): Finding => ({
        code: 'models-differ',
        severity: 'error',
        message,
        hint: 'Write a revision for it: `npx limbeck revision --autogenerate -m "…"`.',
      }),
    ),
    ...warnings.map(
      ({ object, message }): Finding => ({
        code: 'models-not-compared',
        severity: 'warning',
        message: `${object}: ${message}`,
        hint: 'Correct the model, or leave it out with autogenerate.exclude.',
      }),
    ),
  ]
}
