import { checkOptions } from '../config/check-options.ts'
import { optionTable as table } from '../config/option-table.ts'
import type { BootOptions } from '../config/options.ts'

/** What only booting decides, with its defaults. */
export interface BootConfig {
  readonly mode: 'upgrade' | 'verify' | 'wait' | 'off'
  readonly legacy: 'refuse' | 'detect'
  readonly ahead: 'serve' | 'refuse' | 'wait'
  readonly modelsAhead: 'warn' | 'refuse'
  readonly drift: 'off' | 'warn'
}

/** Throws LIMBECK_INVALID_OPTION naming the option, also of those that only a boot which connects would read. */
export function resolveBootConfig(options: BootOptions): BootConfig {
  checkOptions(options)
  return {
    mode: options.mode ?? table.mode.usual,
    legacy: options.legacy ?? table.legacy.usual,
    ahead: options.ahead ?? table.ahead.usual,
    modelsAhead: options.modelsAhead ?? table.modelsAhead.usual,
    drift: options.drift ?? table.drift.usual,
  }
}
