"""Orders, their outbox, their effects and the dead letters of the business."""

from alembic import op

revision = "0001"
down_revision = None

# Ids are UUIDs of version 7: the primary key is also the order of creation, so pages need no second index.
ORDERS = """
CREATE TABLE orders (
    id              uuid PRIMARY KEY,
    customer_id     text NOT NULL CHECK (char_length(customer_id) BETWEEN 1 AND 128),
    amount          numeric(14, 2) NOT NULL CHECK (amount > 0),
    status          text NOT NULL DEFAULT 'PENDING'
                    CHECK (status IN ('PENDING', 'PROCESSING', 'PROCESSED', 'FAILED')),
    retry_count     integer NOT NULL DEFAULT 0 CHECK (retry_count >= 0),
    failure_reason  text,
    idempotency_key text,
    lease_token     uuid,
    lease_until     timestamptz,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    CHECK ((status = 'PROCESSING') = (lease_token IS NOT NULL)),
    CHECK ((status = 'PROCESSING') = (lease_until IS NOT NULL))
)
"""
KEYS = (
    "CREATE UNIQUE INDEX orders_idempotency_key ON orders (idempotency_key) WHERE idempotency_key IS NOT NULL"
)
# Nearly every order ends as PROCESSED: without those the index stays small.
UNFINISHED = "CREATE INDEX orders_unfinished ON orders (status, id) WHERE status <> 'PROCESSED'"

# The outbox is a queue: rows live for milliseconds, so it is vacuumed by count, not by share of its size.
OUTBOX = """
CREATE TABLE outbox (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id       uuid NOT NULL,
    attempt        integer NOT NULL,
    correlation_id text NOT NULL,
    traceparent    text,
    due_at         timestamptz NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now()
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)
"""

EFFECTS = """
CREATE TABLE order_effects (
    order_id   uuid PRIMARY KEY REFERENCES orders (id),
    attempt    integer NOT NULL,
    applied_at timestamptz NOT NULL
)
"""

DEAD_LETTERS = """
CREATE TABLE order_dlq (
    order_id    uuid PRIMARY KEY REFERENCES orders (id),
    reason      text NOT NULL,
    retry_count integer NOT NULL,
    failed_at   timestamptz NOT NULL
)
"""
NEWEST = "CREATE INDEX order_dlq_newest ON order_dlq (failed_at, order_id)"


def upgrade() -> None:
    """Create the four tables."""
    for statement in (ORDERS, KEYS, UNFINISHED, OUTBOX, EFFECTS, DEAD_LETTERS, NEWEST):
        op.execute(statement)


def downgrade() -> None:
    """Drop the four tables."""
    op.execute("DROP TABLE order_dlq, order_effects, outbox, orders")
