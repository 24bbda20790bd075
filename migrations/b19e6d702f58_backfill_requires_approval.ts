// Backfill requires_approval

import type { RevisionContext } from 'limbeck'

export const revision = 'b19e6d702f58'
export const downRevision = 'a7f2c94b0e13'
export const created = '2026-10-26T07:58:44Z'
// Every batch commits by itself: no long transaction, and a killed run goes on where it was.
export const transaction = 'none'
export const compatible = true
// A database made by create-all has no row to fill.
export const fresh = 'skip'

export async function upgrade({ backfill }: RevisionContext): Promise<void> {
  await backfill({
    table: 'data_products',
    key: 'id',
    batchSize: 1000,
    where: 'requires_approval IS NULL',
    set: `requires_approval = tags ?| array['confidential', 'personal-data']`,
  })
}

export async function downgrade(): Promise<void> {
  // Nothing to undo: the column itself goes with the revision before.
}
