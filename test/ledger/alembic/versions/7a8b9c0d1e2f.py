"""independent base

Revision ID: 7a8b9c0d1e2f
Revises: None
Create Date: 2024-03-07 10:11:12.123456

"""
from alembic import op
import sqlalchemy as sa

revision = '7a8b9c0d1e2f'
down_revision = None
branch_labels = ('logging',)
depends_on = None


def upgrade():
    op.create_table('logs', sa.Column('id', sa.Integer, primary_key=True))


def downgrade():
    op.drop_table('logs')
