import { LimbeckError } from '../errors.ts'

/** What package.json's peer range says; a test holds both equal. */
export const supportedDrizzle = '>=0.36.4 <1 || >=1.0.0-rc.1 <2'

/**
 * Refuses a drizzle-orm whose models this version has never read: a guess would be a wrong schema. Throws
 * LIMBECK_DRIZZLE_VERSION.
 */
export async function requireDrizzle(): Promise<void> {
  const found = await import('drizzle-orm/version').catch(() => null)
  // Models from somewhere else: they show by themselves whether they can be read.
  if (found === null || isSupported(found.npmVersion)) return
  throw new LimbeckError(
    'LIMBECK_DRIZZLE_VERSION',
    `drizzle-orm ${found.npmVersion} is not supported`,
    { hint: `Install a version in the range ${supportedDrizzle}, or a newer limbeck.` },
  )
}

/** Whether a version lies in the range. */
export function isSupported(version: string): boolean {
  const [, major = '', minor = '', patch = '', before] =
    /^(\d+)\.(\d+)\.(\d+)(?:-([\w.-]+))?/.exec(version) ?? []
  if (major === '0') return Number(minor) > 36 || (minor === '36' && Number(patch) >= 4)
  if (major !== '1') return false
  if (before === undefined || minor !== '0' || patch !== '0') return true
  return Number(/^rc\.(\d+)/.exec(before)?.[1] ?? 0) >= 1
}
