import { debuglog } from 'node:util'

/** What `NODE_DEBUG=limbeck` shows on stderr: the way of a run, for those who look at Limbeck itself. Nothing in it is secret. */
export const debug = debuglog('limbeck')
