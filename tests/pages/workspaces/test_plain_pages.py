"""Pages that the server draws of a dashboard name whoever is signed in, to nobody else."""

from __future__ import annotations

import pytest

from tests.auth.conftest import Visit
from tests.pages.workspaces.conftest import PRACTICE, Person


@pytest.mark.parametrize(
    "address",
    [
        f"/tools/list-size/?org={PRACTICE}&plain=1",
        f"/tools/list-size/?org={PRACTICE}",
        f"/organisations/{PRACTICE}/",
    ],
)
def test_what_is_kept_of_a_page_is_nobodys(person: Person, visit: Visit, address: str) -> None:
    visitor, nobody = person(), visit()
    texts = []
    for who in (nobody, visitor, nobody, visitor):
        answer = who.get(address)
        assert answer.status_code == 200
        texts.append(answer.get_data(as_text=True))
        if who is visitor:
            assert answer.headers["Cache-Control"] == "no-store"
        else:
            assert "Cookie" in ", ".join(answer.headers.getlist("Vary"))
    first, mine, again, mine_again = texts
    assert first == again and visitor.name not in first
    is_drawn_by_dash = "organisations" not in address and "plain" not in address
    assert (visitor.name in mine) == (visitor.name in mine_again) == (not is_drawn_by_dash)
