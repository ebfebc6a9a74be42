"""When the work on an order began: with it every state that an order went through has its time."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column; it stays empty for effects of before, and for those of a worker of the version before."""
    op.execute("ALTER TABLE order_effects ADD COLUMN started_at timestamptz")


def downgrade() -> None:
    """Drop the column."""
    op.execute("ALTER TABLE order_effects DROP COLUMN started_at")
