"""concurrently

Revision ID: 6f7a8b9c0d1e
Revises: 5e6f7a8b9c0d
Create Date: 2024-03-06 10:11:12.123456

"""
from alembic import op
import sqlalchemy as sa
revision = '6f7a8b9c0d1e'
down_revision = '5e6f7a8b9c0d'
branch_labels = None
depends_on = None
def upgrade():
    op.add_column('orders', sa.Column('x', sa.Integer))
    with op.get_context().autocommit_block():
        op.create_index('orders_x', 'orders', ['x'], postgresql_concurrently=True)
def downgrade():
    with op.get_context().autocommit_block():
        op.drop_index('orders_x', postgresql_concurrently=True)
    op.drop_column('orders', 'x')
