import { checks } from './cases/checks.ts'
import { acceptance } from './round-trip.ts'

acceptance('checks', checks)
