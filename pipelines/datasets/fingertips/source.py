"""Asking Fingertips what it has: profiles, groups and kinds of area, all found by their names.

Ids change when boundaries do, so none is written down here but in addresses built from answers.
A refresh asks for the vocabularies, for the definitions of the profile's indicators, and then for
one download for each group and kind of area, politely one after another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypeGuard
from urllib.parse import urlencode

from data.settings import Settings
from data.spec import Level
from pipelines.datasets.fingertips.rows import AREA_TYPES
from pipelines.fetch.discovery import Release, ReleaseFile
from pipelines.fetch.http import Client
from pipelines.files.errors import DiscoveryError

PROFILE = "National General Practice Profiles"
_SHOWN = 12  # names in a message


def discover(client: Client, settings: Settings) -> Iterable[Release]:
    """The profile of general practice as a release that is always the current one.

    It is dated on the day it is asked for, as the publisher says of no download when it came out.
    """
    ask = _Asking(client, settings.fingertips_url.rstrip("/"))
    profile = ask.profile(PROFILE)
    groups = ask.groups(profile)
    areas = ask.area_types(profile)
    england = next((one for level, one in areas if level == "england"), None)
    if england is None:
        raise DiscoveryError(
            f"{settings.fingertips_url} names no kind of area England for the profile {PROFILE}; "
            "without it nothing can be compared. The interface may have changed."
        )
    start = f"{_slug(profile['Name'])}--{profile['Id']}"
    files = [
        ask.file(
            f"indicator-metadata--{profile['Id']}.csv",
            "Definitions of indicators",
            "indicator_metadata/csv/by_profile_id",
            profile_id=profile["Id"],
        )
    ]
    for group in groups:
        for level, area in areas:
            if level == "england":
                continue  # every download has the rows of England
            files.append(
                ask.file(
                    f"{start}--{_slug(group['Name'])}--{group['Id']}"
                    f"--{_slug(area['Name'])}--{area['Id']}.csv",
                    f"{group['Name']}, {area['Name']}",
                    "all_data/csv/by_group_id",
                    child_area_type_id=area["Id"],
                    parent_area_type_id=england["Id"],
                    group_id=group["Id"],
                    profile_id=profile["Id"],
                )
            )
    yield Release(
        slug=_slug(profile["Name"]),
        url=settings.fingertips_url,
        title=f"Fingertips: {profile['Name']}",
        period=None,
        published=date.today(),
        files=tuple(files),
    )


Item = Mapping[str, str]


class _Asking:
    """The interface at one address, asked past the caches in front of it."""

    def __init__(self, client: Client, root: str) -> None:
        self._client = client
        self._root = root
        self._today = date.today().strftime("%Y%m%d")

    def profile(self, name: str) -> dict[str, str]:
        """The profile of that name with the ids of its groups, joined by commas."""
        offered = self._items("profiles", "GroupIds")
        for item in offered:
            if item["Name"].casefold() == name.casefold():
                return item
        raise DiscoveryError(
            f"Fingertips has no profile called {name}, but {_named(offered)}. It may have been "
            "renamed: download its indicators by hand and load them with --from."
        )

    def groups(self, profile: Item) -> list[dict[str, str]]:
        if not profile["GroupIds"]:
            raise DiscoveryError(f"The profile {profile['Name']} has no groups of indicators.")
        return self._items("group_metadata", group_ids=profile["GroupIds"])

    def area_types(self, profile: Item) -> list[tuple[Level, dict[str, str]]]:
        """Every generation of the areas that are shown here, with our level of each."""
        offered = self._items("area_types", profile_ids=profile["Id"])
        found = [
            (level, item)
            for item in offered
            for level, pattern in AREA_TYPES
            if re.search(pattern, item["Name"].strip().lower())
        ]
        if not any(level == "practice" for level, _ in found):
            raise DiscoveryError(
                f"Fingertips has no practices among the areas of {profile['Name']}, only "
                f"{_named(offered)}. They may have been renamed."
            )
        return found

    def file(self, name: str, title: str, path: str, **arguments: str) -> ReleaseFile:
        url = f"{self._root}/{path}?{urlencode(arguments)}"
        return ReleaseFile(
            name, url, title, "CSV", None, fresh=f"{url}&asked={self._today}", optional=True
        )

    def _items(self, path: str, *others: str, **arguments: str) -> list[dict[str, str]]:
        """Id, Name and other fields of everything in a list, or in an object by id."""
        query = urlencode(arguments | {"asked": self._today}, safe=",")
        found = self._client.json(f"{self._root}/{path}?{query}")
        listed = list(found.values()) if isinstance(found, dict) else found
        items = [item for item in listed if isinstance(item, dict)] if _is_list(listed) else []
        wanted = ("Id", "Name", *others)
        if not items or any(field not in item for item in items for field in wanted):
            raise DiscoveryError(
                f"{self._root}/{path} should list items with {', '.join(wanted)}, but answered "
                f"{str(found)[:200]}. The interface may have changed."
            )
        return [{field: _text(item[field]) for field in wanted} for item in items]


def _is_list(found: object) -> TypeGuard[list[object]]:
    return isinstance(found, list)


def _text(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _named(items: Iterable[Item]) -> str:
    names = [item["Name"] for item in items]
    more = f" and {len(names) - _SHOWN} others" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
