/** SQLSTATEs that Limbeck's own statements raise. They stand together, since two of one value would be taken for each other. */
export const ownStates = {
  /** A compare-and-swap finds that a row is not what the plan said. */
  versionConflict: 'LB001',
  /** A transaction does not get the migration lock. */
  lockIsTaken: 'LB010',
  /** Code has ended the transaction that it ran in. */
  transactionEnded: 'LB003',
  /** Another tool has run the migration of this step meanwhile. */
  ledgerConflict: 'LB002',
} as const
