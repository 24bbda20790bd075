import { names } from './cases/names.ts'
import { acceptance } from './round-trip.ts'

acceptance('names', names)
