import { columns } from './cases/columns.ts'
import { acceptance } from './round-trip.ts'

acceptance('columns', columns)
