import { policies } from './cases/policies.ts'
import { acceptance } from './round-trip.ts'

acceptance('policies', policies)
