import { types } from './cases/types.ts'
import { acceptance } from './round-trip.ts'

acceptance('types', types)
