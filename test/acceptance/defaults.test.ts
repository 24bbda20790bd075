import { defaults } from './cases/defaults.ts'
import { acceptance } from './round-trip.ts'

acceptance('defaults', defaults)
