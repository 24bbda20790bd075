import { startTestServer } from 'limbeck/testing'

/** One PostgreSQL for all files of a run. */
export default async function setup() {
  const { stop } = await startTestServer()
  return stop
}
