"""Accounts, sessions, workspaces, presets, documents, notices, messages and imports.

Keys gain an owner and limits of their own. The counters of the present hour and day start again,
because their table is made anew.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("verified_at", sa.DateTime()),
        sa.Column("suspended_at", sa.DateTime()),
        sa.Column("is_platform_admin", sa.Boolean(), nullable=False),
        sa.Column("totp_secret", sa.String(300)),
        sa.Column("totp_confirmed_at", sa.DateTime()),
        sa.Column("totp_last_step", sa.Integer()),
        sa.Column("workspace", sa.String(10)),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("email", name="uq_account_email"),
    )
    op.drop_table("api_usage")
    with op.batch_alter_table("api_key") as keys:
        keys.add_column(sa.Column("owner_id", sa.Integer()))
        keys.add_column(sa.Column("hourly_limit", sa.Integer()))
        keys.add_column(sa.Column("daily_limit", sa.Integer()))
        keys.create_foreign_key(
            "fk_api_key_owner_id_account", "account", ["owner_id"], ["id"], ondelete="CASCADE"
        )
        keys.create_index("ix_api_key_owner_id", ["owner_id"])
    op.create_table(
        "api_usage",
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["key_id"],
            ["api_key.id"],
            name="fk_api_usage_key_id_api_key",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key_id", "seconds", name="pk_api_usage"),
    )
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("user_id", sa.Integer()),
        sa.Column("actor_id", sa.Integer()),
        sa.Column("detail", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_event"),
    )
    op.create_index("ix_audit_event_at", "audit_event", ["at"])
    op.create_index("ix_audit_event_user_id", "audit_event", ["user_id"])
    op.create_table(
        "contact_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("tool", sa.String(100), nullable=False),
        sa.Column("organisation", sa.String(100), nullable=False),
        sa.Column("period", sa.String(40), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("expected", sa.Text(), nullable=False),
        sa.Column("handled_at", sa.DateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_contact_message"),
    )
    op.create_table(
        "throttle",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.Column("blocked_until", sa.DateTime()),
        sa.PrimaryKeyConstraint("key", name="pk_throttle"),
    )
    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("owner_id", sa.Integer()),
        sa.Column("org_code", sa.String(10)),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("content_type", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name="fk_document_owner_id_account", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_document"),
        sa.UniqueConstraint("key", name="uq_document_key"),
    )
    op.create_index("ix_document_org_code", "document", ["org_code"])
    op.create_index("ix_document_owner_id", "document", ["owner_id"])
    op.create_table(
        "import_job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dataset", sa.String(60), nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("started_at", sa.DateTime()),
        sa.Column("finished_at", sa.DateTime()),
        sa.Column("created_by", sa.Integer()),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["account.id"],
            name="fk_import_job_created_by_account",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_import_job"),
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("org_code", sa.String(10), nullable=False),
        sa.Column("org_type", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("requested_at", sa.DateTime(), nullable=False),
        sa.Column("decided_at", sa.DateTime()),
        sa.Column("decided_by", sa.Integer()),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["account.id"],
            name="fk_membership_decided_by_account",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["account.id"], name="fk_membership_user_id_account", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_membership"),
        sa.UniqueConstraint("user_id", "org_code", name="uq_membership_user_id_org_code"),
    )
    op.create_index("ix_membership_org_code", "membership", ["org_code"])
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(500), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime()),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer()),
        sa.ForeignKeyConstraint(
            ["created_by"], ["account.id"], name="fk_notice_created_by_account", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
    )
    op.create_table(
        "organisation_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("org_code", sa.String(10), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("user_id", sa.Integer()),
        sa.Column("actor_id", sa.Integer()),
        sa.Column("detail", sa.String(300), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"],
            ["account.id"],
            name="fk_organisation_event_actor_id_account",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["account.id"],
            name="fk_organisation_event_user_id_account",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_organisation_event"),
    )
    op.create_index("ix_organisation_event_org_code", "organisation_event", ["org_code"])
    op.create_table(
        "preset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer()),
        sa.Column("org_code", sa.String(10)),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("tool", sa.String(60), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("data_version", sa.String(120)),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime()),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name="fk_preset_owner_id_account", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_preset"),
    )
    op.create_index("ix_preset_org_code_tool", "preset", ["org_code", "tool"])
    op.create_index("ix_preset_owner_id", "preset", ["owner_id"])
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("used_at", sa.DateTime()),
        sa.ForeignKeyConstraint(
            ["user_id"], ["account.id"], name="fk_recovery_code_user_id_account", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_code"),
    )
    op.create_index("ix_recovery_code_user_id", "recovery_code", ["user_id"])
    op.create_table(
        "token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(10), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("email", sa.String(254)),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["account.id"], name="fk_token_user_id_account", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_token"),
        sa.UniqueConstraint("digest", name="uq_token_digest"),
    )
    op.create_index("ix_token_user_id", "token", ["user_id"])
    op.create_table(
        "user_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("remembered", sa.Boolean(), nullable=False),
        sa.Column("agent", sa.String(60), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["account.id"], name="fk_user_session_user_id_account", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_user_session"),
        sa.UniqueConstraint("digest", name="uq_user_session_digest"),
    )
    op.create_index("ix_user_session_user_id", "user_session", ["user_id"])
    op.create_table(
        "api_key_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("requested_at", sa.DateTime(), nullable=False),
        sa.Column("decided_at", sa.DateTime()),
        sa.Column("decided_by", sa.Integer()),
        sa.Column("hourly_limit", sa.Integer()),
        sa.Column("daily_limit", sa.Integer()),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["account.id"],
            name="fk_api_key_request_decided_by_account",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["account.id"],
            name="fk_api_key_request_user_id_account",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_api_key_request"),
    )
    op.create_index("ix_api_key_request_user_id", "api_key_request", ["user_id"])
