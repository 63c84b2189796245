"""Presets as the pages list them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from auth.credentials.sessions import Account
from auth.workspaces import presets
from auth.workspaces.presets import Saved
from components import url_state
from data import format as fmt
from data.versions.db import library
from pages.catalogue import Tool
from pages.dashboard import pinned, registry
from pages.workspaces import places
from pages.workspaces.places import Place


@dataclass(frozen=True, slots=True)
class Row:
    """A preset with the names of what it names by code."""

    saved: Saved
    tool: str
    place: Place | None
    org: str
    pinned: str  # to which data, in words; empty when it is not
    may_delete: bool


def rows(account: Account, workspace: str | None = None) -> list[Row]:
    """Every preset that the account may load, or those of one workspace."""
    found = presets.all_of(account)
    return [row(account, one) for one in found if workspace is None or one.org_code == workspace]


def row(account: Account, saved: Saved) -> Row:
    tool = registry.find(saved.tool)
    return Row(
        saved,
        tool.title if tool else "A tool that is gone",
        places.place(saved.org_code) if saved.org_code else None,
        organisation(saved.query),
        _pinned(tool, saved.data_version),
        presets.may_delete(account, saved),
    )


def organisation(query: str) -> str:
    """The name of the organisation that a query string chooses; empty where it chooses none."""
    code = url_state.parse(query).get("org", "")
    org = library().directory().get(code) if code and code != url_state.NONE else None
    return org.label if org else ""


def _pinned(tool: Tool | None, name: str | None) -> str:
    """Versions begin with the moment at which they were made; one that is kept knows when its
    publisher released it.
    """
    if not name:
        return ""
    kept = pinned.version(tool.dataset, name) if tool and tool.dataset else None
    if kept is not None and kept.manifest.release.published:
        return f"Pinned to the data published {fmt.full_date(kept.manifest.release.published)}"
    try:
        made = datetime.strptime(name[:8], "%Y%m%d").date()
    except ValueError:
        return "Pinned to a version of the data"
    return f"Pinned to the data of {fmt.full_date(made)}"
