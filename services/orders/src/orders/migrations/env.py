"""Renders the migrations as SQL; `orders migrate` runs what it renders (orders/migrate.py)."""

from alembic import context

context.configure(dialect_name="postgresql", output_buffer=context.config.output_buffer)
context.run_migrations()
