import { views } from './cases/views.ts'
import { acceptance } from './round-trip.ts'

acceptance('views', views)
