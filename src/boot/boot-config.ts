import type { BootOptions } from '../config/options.ts'
import { oneOf } from '../config/resolve-config.ts'

/** What only booting decides, with its defaults. */
export interface BootConfig {
  readonly mode: 'upgrade' | 'verify' | 'wait' | 'off'
  readonly legacy: 'refuse' | 'detect'
  readonly ahead: 'serve' | 'refuse' | 'wait'
  readonly modelsAhead: 'warn' | 'refuse'
  readonly drift: 'off' | 'warn'
}

/** Throws LIMBECK_INVALID_OPTION naming the option. */
export function resolveBootConfig(options: BootOptions): BootConfig {
  return {
    mode: oneOf('mode', options.mode ?? 'upgrade', ['upgrade', 'verify', 'wait', 'off']),
    legacy: oneOf('legacy', options.legacy ?? 'refuse', ['refuse', 'detect']),
    ahead: oneOf('ahead', options.ahead ?? 'serve', ['serve', 'refuse', 'wait']),
    modelsAhead: oneOf('modelsAhead', options.modelsAhead ?? 'warn', ['warn', 'refuse']),
    drift: oneOf('drift', options.drift ?? 'off', ['off', 'warn']),
  }
}
