export type { Front, Middleware } from './front.ts'
export { type Gate, type GateOptions, type HealthDetail, joinGates, startGate } from './gate.ts'
export type { HealthError, HealthReport, SchemaHealth } from './health.ts'
