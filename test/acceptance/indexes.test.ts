import { indexes } from './cases/indexes.ts'
import { acceptance } from './round-trip.ts'

acceptance('indexes', indexes)
