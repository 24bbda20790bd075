import { tryHints } from '../support/hints.ts'

tryHints('bundle', {
  'a bundle that is read': {
    tells: async ({ limbeck, read }) => {
      await limbeck('bundle')
      return read('migrations.mjs')
    },
    between: ({ write }) => write('c1', { revises: 'b1' }),
    after: ({ read }) => {
      if (!read('migrations.mjs').includes('c1_message.sql')) throw new Error('not written again')
    },
  },
})
