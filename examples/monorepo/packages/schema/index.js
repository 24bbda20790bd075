import * as models from './schema.js'

export * from './schema.js'

/** What every application hands to Limbeck: the schema package knows where its revisions are. */
export const database = { migrations: new URL('./migrations/', import.meta.url), models }
