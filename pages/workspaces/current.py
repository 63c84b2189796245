"""The workspace in use: shown in the header, chosen in every tool unless the address chooses."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from urllib.parse import parse_qsl, urlsplit

from flask import current_app, redirect, request
from werkzeug.wrappers import Response as Answer

from auth.credentials import sessions
from auth.credentials.sessions import Account
from auth.email.addresses import own_path
from auth.workspaces import rosters
from components.account import Workspace
from components.url_state import build
from data.settings import Settings
from pages.dashboard import registry
from pages.workspaces import places

ORG = "org"
OF_THE_ORGANISATION = ("vs", "group", "version")  # choices that mean nothing for another one


@cache
def _tool_paths() -> frozenset[str]:
    """Where a page shows an organisation."""
    return frozenset(
        tool.path for tool in registry.tools() if tool.built and tool.kind != "Service"
    )


def switches(account: Account, prefix: str) -> list[Workspace]:
    """The account's workspaces for the header."""
    found = []
    for one in rosters.workspaces(account):
        place = places.place(one.org_code)
        found.append(
            Workspace(
                place.code,
                place.name,
                f"{place.kind} {place.code}",
                f"{prefix}/accounts/workspaces/{place.code}/use/",
                in_use=one.org_code == account.workspace,
            )
        )
    return found


def choose_for_tool() -> Answer | None:
    """Send whoever opens a tool without naming an organisation to that of the workspace in use.

    The address then says what the page shows, so that it can be copied, kept and gone back to.
    """
    if request.method != "GET" or request.path not in _tool_paths() or ORG in request.args:
        return None
    account = sessions.current()
    workspace = rosters.active_workspace(account) if account else None
    if workspace is None:
        return None
    values = {**request.args.to_dict(), ORG: workspace.org_code}
    return redirect(f"{_prefix()}{request.path}{build(values)}")


def back(code: str) -> str:
    """Where to go after switching: the page it was done on, of the organisation chosen."""
    came_from = urlsplit(request.referrer or "")
    path = own_path(came_from.path) if came_from.netloc == request.host else ""
    inside = path.removeprefix(_prefix())
    if not path or inside.startswith("/accounts/"):
        return f"{_prefix()}/accounts/workspaces/"
    values = dict(parse_qsl(came_from.query, keep_blank_values=True))
    return path + build(_of(values, code) if inside in _tool_paths() else values)


def _of(values: Mapping[str, str], code: str) -> dict[str, str]:
    kept = {
        name: value for name, value in values.items() if name not in (ORG, *OF_THE_ORGANISATION)
    }
    return {ORG: code, **kept} if code else kept


def _prefix() -> str:
    settings: Settings = current_app.config["SETTINGS"]
    return settings.prefix
