"""What the accounts database holds. Times are UTC, to the second."""

from auth.models.base import Base, db
from auth.models.keys import ApiKey, ApiKeyRequest, ApiUsage
from auth.models.mail import OutgoingMail
from auth.models.people import AuditEvent, RecoveryCode, Throttle, Token, User, UserSession
from auth.models.site import ContactMessage, ImportJob, Notice
from auth.models.workspaces import Document, Membership, OrganisationEvent, Preset

__all__ = [
    "ApiKey",
    "ApiKeyRequest",
    "ApiUsage",
    "AuditEvent",
    "Base",
    "ContactMessage",
    "Document",
    "ImportJob",
    "Membership",
    "Notice",
    "OrganisationEvent",
    "OutgoingMail",
    "Preset",
    "RecoveryCode",
    "Throttle",
    "Token",
    "User",
    "UserSession",
    "db",
]
