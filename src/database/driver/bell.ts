/** What can be waited for again and again. */
export interface Bell {
  readonly ring: () => void
  /** Settles when it rings next; it is there before the event, so that none is missed between two looks. */
  readonly rung: () => Promise<void>
}

export function createBell(): Bell {
  let ring = () => {}
  const next = () =>
    new Promise<void>((resolve) => {
      ring = resolve
    })
  let rung = next()
  return {
    rung: () => rung,
    ring: () => {
      ring()
      rung = next()
    },
  }
}
