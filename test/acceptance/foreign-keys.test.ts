import { foreignKeys } from './cases/foreign-keys.ts'
import { acceptance } from './round-trip.ts'

acceptance('foreign-keys', foreignKeys)
