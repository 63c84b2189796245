"""Decisions keep their reasons, and presets have names of their own in each place."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

LONGEST = 300
LONGEST_NAME = 120
preset = sa.table(
    "preset",
    sa.column("id", sa.Integer),
    sa.column("owner_id", sa.Integer),
    sa.column("org_code", sa.String),
    sa.column("shared", sa.Boolean),
    sa.column("name", sa.String),
    sa.column("place", sa.String),
    sa.column("name_key", sa.String),
)


def upgrade() -> None:
    op.add_column("membership", sa.Column("reason", sa.String(LONGEST)))
    op.add_column("api_key_request", sa.Column("reason", sa.String(LONGEST)))
    op.add_column("api_key", sa.Column("revoked_reason", sa.String(LONGEST)))
    for name, longest in (("place", 30), ("name_key", 400)):
        op.add_column(
            "preset", sa.Column(name, sa.String(longest), nullable=False, server_default="")
        )
    _name_presets_apart()
    op.create_index("ix_preset_place_name_key", "preset", ["place", "name_key"], unique=True)


def _name_presets_apart() -> None:
    """The oldest of those that share a name in one place keeps it; the others get a number."""
    connection = op.get_bind()
    taken: set[tuple[str, str]] = set()
    for row in connection.execute(sa.select(preset).order_by(preset.c.id)).mappings().all():
        place = row["org_code"] or ""
        place = place if row["shared"] else f"{row['owner_id']}:{place}"
        name, number = str(row["name"]), 1
        while (place, name.casefold()) in taken:
            number += 1
            end = f" ({number})"
            name = f"{str(row['name'])[: LONGEST_NAME - len(end)]}{end}"
        taken.add((place, name.casefold()))
        connection.execute(
            sa.update(preset)
            .where(preset.c.id == row["id"])
            .values(name=name, place=place, name_key=name.casefold())
        )
