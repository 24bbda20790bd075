import { tables } from './cases/tables.ts'
import { acceptance } from './round-trip.ts'

acceptance('tables', tables)
