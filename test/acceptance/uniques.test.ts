import { uniques } from './cases/uniques.ts'
import { acceptance } from './round-trip.ts'

acceptance('uniques', uniques)
