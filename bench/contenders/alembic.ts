import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Migration, Program } from '../contender.ts'
import { writeFiles } from '../write-files.ts'

const environment = `from alembic import context
from sqlalchemy import create_engine
url = context.get_x_argument(as_dictionary=True)["url"]
with create_engine(url).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
`

/** With psycopg2, one transaction around all: its default. */
export default {
  transaction: 'all',
  version: ['alembic', '--version'],
  prepare: async (folder, migrations) => {
    const versions = path.join(folder, 'versions')
    await mkdir(versions, { recursive: true })
    await writeFile(path.join(folder, 'alembic.ini'), '[alembic]\nscript_location = %(here)s\n')
    await writeFile(path.join(folder, 'env.py'), environment)
    let parent = 'None'
    const content = (sql: string, { id }: Migration) => {
      const text = `from alembic import op
revision, down_revision = "${id}", ${parent}
def upgrade():
    op.execute(${JSON.stringify(sql)})
`
      parent = `"${id}"`
      return text
    }
    await writeFiles(versions, migrations, ({ id }) => `${id}.py`, content)
  },
  command: (url, folder) => {
    const target = `url=${url.replace(/^postgres:/, 'postgresql+psycopg2:')}?sslmode=disable`
    return ['alembic', '-c', path.join(folder, 'alembic.ini'), '-x', target, 'upgrade', 'head']
  },
} satisfies Program
