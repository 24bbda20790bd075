import { schemas } from './cases/schemas.ts'
import { acceptance } from './round-trip.ts'

acceptance('schemas', schemas)
