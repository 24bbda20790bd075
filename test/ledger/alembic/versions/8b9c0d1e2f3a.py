"""logs of orders

Revision ID: 8b9c0d1e2f3a
Revises: '7a8b9c0d1e2f'
Create Date: 2024-03-08 10:11:12.123456

"""
from alembic import op
import sqlalchemy as sa

revision = '8b9c0d1e2f3a'
down_revision = '7a8b9c0d1e2f'
branch_labels = None
depends_on = '5e6f7a8b9c0d'


def upgrade():
    op.add_column('logs', sa.Column('order_id', sa.Integer, sa.ForeignKey('orders.id')))


def downgrade():
    op.drop_column('logs','order_id')
