import { readMoves } from '../database/read-history.ts'
import { appliedOrder } from '../revision/applied-order.ts'
import { planUndo } from '../revision/plan-undo.ts'
import type { Revisions } from '../script/revisions.ts'
import type { Plan } from './run-plan.ts'

/** Plans `downgrade -N`: the N revisions that the history saw applied last. Throws what planUndo() throws. */
export function undoNewest({ map }: Revisions, count: number): Plan {
  return async (rows, { config, connection }, undone) => {
    if (undone >= count) return []
    const lines = await readMoves(connection, config.tables)
    return planUndo(map, rows, count - undone, appliedOrder(map, rows, lines))
  }
}
