import { primaryKeys } from './cases/primary-keys.ts'
import { acceptance } from './round-trip.ts'

acceptance('primary-keys', primaryKeys)
