"""Practices and PCNs as the pages of an account name them, open, closed or gone."""

from __future__ import annotations

from dataclasses import dataclass

from auth.models.workspaces import OrgType
from data import format as fmt
from data.questions import areas
from data.spec import Level
from data.versions.db import library
from data.versions.orgs import Org, Organisations

LISTS = "list-sizes"
REGISTER = "practices"
KINDS: dict[OrgType, str] = {"practice": "Practice", "pcn": "PCN"}
SHOWN_AT_MOST = 20  # of what is found
COUNTED_AT_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Place:
    """An organisation that can be a workspace. `ended` is empty while it is open."""

    code: str
    name: str
    kind: str
    detail: str
    ended: str = ""
    successors: tuple[Org, ...] = ()

    @property
    def label(self) -> str:
        return f"{self.name} ({self.code})"


def label(code: str) -> str:
    """Name and code; the code alone of what no published file names any more."""
    org = _find(library().directory(), code)
    return org.label if org else code


def place(code: str) -> Place:
    """An organisation by the code of a membership, whatever has become of it since."""
    directory = library().directory()
    org = _find(directory, code)
    if org is None:
        return Place(
            code, code, "Organisation", "", "This code is in none of the published files any more."
        )
    return Place(
        org.code,
        org.name,
        KINDS["pcn" if org.level == "pcn" else "practice"],
        detail(org, directory),
        ended(org),
        successors(org, directory),
    )


def open_place(code: str, kind: OrgType) -> Org | None:
    """The practice or PCN that can be asked to be linked; None when it is neither or has ended."""
    org = library().directory().at(kind, code)
    return org if org and not ended(org) else None


def find(text: str, kind: OrgType) -> list[Org]:
    """Open and closed ones for a name, code, postcode or town; closed ones last."""
    found = library().directory().search(text, levels=(kind,), limit=COUNTED_AT_MOST)
    return sorted(found, key=lambda org: bool(ended(org)))


def detail(org: Org, directory: Organisations) -> str:
    """What tells an organisation from others of its name."""
    if org.level == "practice":
        pcn = directory.at("pcn", org.pcn) if org.pcn else None
        where = ", ".join(part for part in (org.town, org.postcode) if part)
        return " · ".join(part for part in (pcn.name if pcn else "", where) if part)
    lists = library().current(LISTS)
    count = len(lists.practices_in("pcn", org.code, lists.latest)) if lists else 0
    above = directory.at("icb", org.icb) if org.icb else None
    said = fmt.plural(count, "practice", "practices") if count else ""
    return " · ".join(part for part in (said, above.name if above else "") if part)


def ended(org: Org) -> str:
    """Why an organisation takes no new members; empty while it is open."""
    if org.closed is not None:
        return f"It closed on {fmt.full_date(org.closed)}."
    if org.status == "closed":
        return "It is closed."
    lists = library().current(LISTS)
    if lists is None or org.last_month is None or org.last_month >= lists.latest:
        return ""
    if org.level == "practice" and library().current(REGISTER) is not None:
        return ""  # the register says that it is open
    return f"The published files have not named it since {fmt.month(org.last_month)}."


def successors(org: Org, directory: Organisations) -> tuple[Org, ...]:
    """Where its practices or patients went, as far as the published files tell."""
    if org.level == "practice":
        named = [directory.at("practice", code) for code in org.successors]
        return tuple(one for one in named if one)
    lists = library().current(LISTS)
    return tuple(one.org for one in areas.successors(lists, directory, org)) if lists else ()


def _find(directory: Organisations, code: str) -> Org | None:
    levels: tuple[Level, ...] = ("practice", "pcn")
    return next((org for level in levels if (org := directory.at(level, code))), None)
