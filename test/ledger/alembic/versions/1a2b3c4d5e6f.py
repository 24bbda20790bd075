"""create orders

Revision ID: 1a2b3c4d5e6f
Revises: None
Create Date: 2024-03-01 10:11:12.123456

"""
from alembic import op
import sqlalchemy as sa

revision = '1a2b3c4d5e6f'
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('orders', sa.Column('id', sa.Integer, primary_key=True), sa.Column('state', sa.Enum('open','closed', name='order_state'), nullable=False))


def downgrade():
    op.drop_table('orders'); op.execute('DROP TYPE order_state')
