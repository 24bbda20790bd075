import { sequences } from './cases/sequences.ts'
import { acceptance } from './round-trip.ts'

acceptance('sequences', sequences)
