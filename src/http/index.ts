export {
  type Gate,
  type GateOptions,
  type HealthDetail,
  type Middleware,
  startGate,
} from './gate.ts'
export type { HealthError, HealthReport, SchemaHealth } from './health.ts'
