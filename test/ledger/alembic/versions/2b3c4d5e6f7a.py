"""add note; it's -- odd

Revision ID: 2b3c4d5e6f7a
Revises: '1a2b3c4d5e6f'
Create Date: 2024-03-02 10:11:12.123456

"""
from alembic import op
import sqlalchemy as sa

revision = '2b3c4d5e6f7a'
down_revision = '1a2b3c4d5e6f'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('orders', sa.Column('note', sa.String(40))); op.execute("INSERT INTO orders (id, state, note) VALUES (1, 'open', 'a;b -- Running upgrade x -> y')")


def downgrade():
    op.drop_column('orders','note')
