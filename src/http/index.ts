export { type Gate, type GateOptions, type Middleware, startGate } from './gate.ts'
export type { HealthError, HealthReport, SchemaHealth } from './health.ts'
