"""${message}."""

from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Make the change."""
    op.execute("""""")


def downgrade() -> None:
    """Take it back."""
    op.execute("""""")
