"""one head

Revision ID: 9c0d1e2f3a4b
Revises: 6f7a8b9c0d1e, 8b9c0d1e2f3a
Create Date: 2024-03-09 10:11:12.123456

"""
revision = '9c0d1e2f3a4b'
down_revision = ('6f7a8b9c0d1e', '8b9c0d1e2f3a')
branch_labels = None
depends_on = None
def upgrade():
    pass
def downgrade():
    pass
