"""An event that the queue refused is left alone for a while."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Until when; no value in the events that were never refused."""
    op.execute("ALTER TABLE outbox ADD COLUMN refused_until timestamptz")


def downgrade() -> None:
    """They are in the way of the others again."""
    op.execute("ALTER TABLE outbox DROP COLUMN refused_until")
