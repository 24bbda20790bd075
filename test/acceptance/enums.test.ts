import { enums } from './cases/enums.ts'
import { acceptance } from './round-trip.ts'

acceptance('enums', enums)
