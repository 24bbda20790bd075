import { nullability } from './cases/nullability.ts'
import { acceptance } from './round-trip.ts'

acceptance('nullability', nullability)
