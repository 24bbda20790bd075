import { STATUS_CODES } from 'node:http'
import type { FastifyInstance } from 'fastify'

/** An answer other than the one asked for. */
export interface HttpError {
  readonly statusCode: number
  readonly error: string
  readonly message: string
}

export const httpErrorSchema = {
  type: 'object',
  properties: {
    statusCode: { type: 'integer' },
    // Fastify's own errors carry one.
    code: { type: 'string' },
    error: { type: 'string' },
    message: { type: 'string' },
  },
} as const

export function httpError(statusCode: number, message: string): HttpError {
  return { statusCode, error: STATUS_CODES[statusCode] ?? 'Error', message }
}

const messages: Readonly<Record<string, string>> = {
  data_products_name_unique: 'There is a data product of this name already',
  data_products_owner_team_id_teams_id_fk: 'There is no such team: ownerTeamId',
  subscriptions_data_product_id_data_products_id_fk: 'There is no such data product',
  subscriptions_data_product_id_team_id_unique: 'This team has subscribed already',
  subscriptions_role_name_roles_name_fk: 'There is no such role: roleName',
  subscriptions_team_id_teams_id_fk: 'There is no such team: teamId',
  teams_name_unique: 'There is a team of this name already',
}

/** Turns what PostgreSQL refuses into 409 and 422, and keeps SQL out of every answer. */
export function addErrorHandler(app: FastifyInstance): void {
  app.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => {
    if ((error.statusCode ?? 500) < 500) return reply.send(error)
    const answer = fromDatabase(error) ?? httpError(500, 'Something went wrong: see the log')
    if (answer.statusCode >= 500) request.log.error({ err: error }, error.message)
    return reply.code(answer.statusCode).send(answer)
  })
}

// Drizzle wraps the driver's error.
function fromDatabase(error: Error): HttpError | undefined {
  const { code = '', constraint_name = '' } = (error.cause ?? error) as {
    code?: string
    constraint_name?: string
  }
  const message = messages[constraint_name]
  if (code === '23505') return httpError(409, message ?? 'It exists already')
  if (code === '23503')
    return httpError(422, message ?? 'It refers to something that does not exist')
  if (/^22...$/.test(code)) return httpError(422, 'PostgreSQL cannot store one of the values')
  if (/^(ECONN|CONNECT|08...$|57P0|53300)/.test(code))
    return httpError(503, 'The database cannot be reached')
  return undefined
}
