import { sources } from './cases/sources.ts'
import { acceptance } from './round-trip.ts'

acceptance('sources', sources)
