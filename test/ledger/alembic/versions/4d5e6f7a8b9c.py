"""branch b

Revision ID: 4d5e6f7a8b9c
Revises: '2b3c4d5e6f7a'
Create Date: 2024-03-04 10:11:12.123456

"""
from alembic import op
import sqlalchemy as sa

revision = '4d5e6f7a8b9c'
down_revision = '2b3c4d5e6f7a'
branch_labels = None
depends_on = None


def upgrade():
    op.execute('''CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$
-- Running upgrade 1 -> 2, fake

SELECT 1;
$$''')


def downgrade():
    op.execute('DROP FUNCTION f()')
