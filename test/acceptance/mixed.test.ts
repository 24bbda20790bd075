import { mixed } from './cases/mixed.ts'
import { acceptance } from './round-trip.ts'

acceptance('mixed', mixed)
