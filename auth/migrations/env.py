"""Alembic's entry: the connection comes from `auth.database`, inside its transaction."""

from alembic import context

from auth.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_type=True,
    transactional_ddl=False,  # the caller's transaction holds everything
)
context.run_migrations()
