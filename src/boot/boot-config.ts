import { optionTable as table } from '../config/option-table.ts'
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
    mode: oneOf('mode', options.mode ?? table.mode.usual, table.mode.words),
    legacy: oneOf('legacy', options.legacy ?? table.legacy.usual, table.legacy.words),
    ahead: oneOf('ahead', options.ahead ?? table.ahead.usual, table.ahead.words),
    modelsAhead: oneOf(
      'modelsAhead',
      options.modelsAhead ?? table.modelsAhead.usual,
      table.modelsAhead.words,
    ),
    drift: oneOf('drift', options.drift ?? table.drift.usual, table.drift.words),
  }
}
