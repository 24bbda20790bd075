"""branch a

Revision ID: 3c4d5e6f7a8b
Revises: '2b3c4d5e6f7a'
Create Date: 2024-03-03 10:11:12.123456

"""
from alembic import op
import sqlalchemy as sa

revision = '3c4d5e6f7a8b'
down_revision = '2b3c4d5e6f7a'
branch_labels = ('left',)
depends_on = None


def upgrade():
    op.create_index('orders_note', 'orders', ['note'])


def downgrade():
    op.drop_index('orders_note')
