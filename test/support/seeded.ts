const { RANDOM_MODELS, RANDOM_SEED, RANDOM_PATH } = process.env
const seed = RANDOM_SEED ?? (RANDOM_MODELS === undefined ? '20261127' : undefined)

/**
 * Two runs of one commit try the same inputs, and end alike. RANDOM_MODELS=1000 looks at others each time; RANDOM_SEED and RANDOM_PATH
 * repeat a failure that fast-check told.
 */
export const seeded: { readonly seed?: number; readonly path?: string } = {
  ...(seed === undefined ? {} : { seed: Number(seed) }),
  ...(RANDOM_PATH === undefined ? {} : { path: RANDOM_PATH }),
}
