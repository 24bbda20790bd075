import { dataProductStatus } from '../../../drizzle/index.ts'
import { httpErrorSchema } from '../http-errors.ts'

const name = { type: 'string', minLength: 1, maxLength: 200 }
const uuid = { type: 'string', format: 'uuid' }
const status = { type: 'string', enum: dataProductStatus.enumValues }
const tag = { type: 'string', minLength: 1, maxLength: 64 }

const writable = {
  name,
  description: { type: 'string', maxLength: 10_000 },
  tags: { type: 'array', items: tag, maxItems: 50, uniqueItems: true },
  ownerTeamId: uuid,
  status,
  requiresApproval: { type: 'boolean' },
  documentationUrl: { type: ['string', 'null'], format: 'uri', maxLength: 2000 },
}

const dataProduct = {
  type: 'object',
  properties: {
    id: uuid,
    ...writable,
    createdAt: { type: 'string', format: 'date-time' },
    updatedAt: { type: 'string', format: 'date-time' },
  },
}

export const idParams = { type: 'object', properties: { id: uuid }, required: ['id'] }

const tags = ['data products']

export const listSchema = {
  tags,
  summary: 'Data products by name, page by page',
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      status,
      tag: { type: 'array', items: tag, maxItems: 10, description: 'All of these' },
      ownerTeamId: uuid,
      search: { ...name, description: 'Part of name or description' },
      limit: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
      offset: { type: 'integer', minimum: 0, maximum: 1_000_000, default: 0 },
    },
  },
  response: {
    200: {
      type: 'object',
      properties: {
        items: { type: 'array', items: dataProduct },
        total: { type: 'integer', description: 'How many there are on all pages' },
      },
    },
    400: httpErrorSchema,
  },
}

export const createSchema = {
  tags,
  summary: 'Create a data product',
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['name', 'ownerTeamId'],
    properties: writable,
  },
  response: { 201: dataProduct, 400: httpErrorSchema, 409: httpErrorSchema, 422: httpErrorSchema },
}

export const readSchema = {
  tags,
  summary: 'Read a data product',
  params: idParams,
  response: { 200: dataProduct, 400: httpErrorSchema, 404: httpErrorSchema },
}

export const changeSchema = {
  tags,
  summary: 'Change what is given of a data product',
  params: idParams,
  body: {
    type: 'object',
    additionalProperties: false,
    minProperties: 1,
    properties: writable,
  },
  response: {
    200: dataProduct,
    400: httpErrorSchema,
    404: httpErrorSchema,
    409: httpErrorSchema,
    422: httpErrorSchema,
  },
}
