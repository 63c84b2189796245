"""Words that a practice manager should not meet: a backstop over rendered pages.

It proves nothing about what is said in their place: that needs somebody who reads the pages.
"""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from data.registry import all_datasets
from data.versions import db

FORBIDDEN = (
    r"Missed, of ",
    r"\d (?:more|fewer) \(0\.0%\)",
    r"divided by working days in England",
    r"control chart needs",
    r"Position among",
    r"Membership of areas",
    r"As it was each month",
    r"Spread among",
    r"[Ss]um over sum",
    r"eight categories",
    r"for every 100 others",
    r"beyond the (?:axis|bars)",
    r">Note<",
    r"Explain this number",
    r"Status: \w+ \+ Status: ",
    r"SHA-256 [0-9a-f]{12}",
    r"Best your work address",
    r"when this was written",
    r"without having seen",
    r"no practice is known",
    r"sums divided by sums",
    r"numerators over the sum of denominators",
    r"\d %",
    r"\bEngland and England\b",
)
PATHS = (
    "/",
    "/tools/",
    "/data-sources/",
    "/changes/",
    "/contact/",
    "/search/?q=park",
    "/accounts/login/",
    "/accounts/register/",
    "/state-of-the-nation/?plain=1",
    "/state-of-the-nation/gp-appointments/?plain=1",
    "/state-of-the-nation/list-size/?plain=1",
    "/tools/gp-appointments/?plain=1&org={practice}",
    "/tools/gp-appointments/?plain=1&org={icb}",
    "/tools/list-size/?plain=1&org={practice}",
    "/tools/list-size/?plain=1&org=ENG",
    "/organisations/{practice}/",
)


def found(text: str) -> list[str]:
    """The words of a text that should not be in it."""
    return [match[0] for phrase in FORBIDDEN if (match := re.search(phrase, text))]


@pytest.mark.parametrize("path", PATHS)
def test_no_page_says_what_was_rewritten(england: Flask, path: str) -> None:
    directory = db.library().directory()
    practice = next(org for org in directory.all("practice") if org.pcn and org.status == "active")
    icb = next(org for org in directory.all("icb") if not directory.is_over(org))
    answer = england.test_client().get(path.format(practice=practice.code, icb=icb.code))
    assert answer.status_code == 200
    page = re.sub(r"<(script|style)\b.*?</\1>", "", answer.get_data(as_text=True), flags=re.DOTALL)
    assert found(unescape(page)) == []


def test_no_declaration_says_it_either() -> None:
    """Words of datasets stand on pages, in files and in the API."""
    for dataset in all_datasets():
        said = [*dataset.caveats, dataset.publication_lag]
        said += [text for one in dataset.measures for text in (one.label, one.what, one.why)]
        assert [text for text in said if found(text)] == [], dataset.id


def test_the_backstop_finds_what_it_is_for() -> None:
    assert found("Missed, of appointments with a known outcome: 4.6%") == ["Missed, of "]
    assert found("1,419 more (0.0%) than in August") == ["9 more (0.0%)"]
    assert found("1,419 more (under 0.1%) than in August") == []
