"""Fields of forms: what was typed comes back as text, except a password."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from auth.forms import Form
from auth.views import fields
from components.text import to_text

TYPED = "\"><script>alert('x')</script><b onclick=x>&amp;"


class _Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("type", ["text", "email", "password"])
@pytest.mark.parametrize("wrong", [{}, {"it": TYPED, "form": TYPED}])
def test_what_was_typed_is_read_as_text(type: str, wrong: dict[str, str]) -> None:
    form = Form({"it": TYPED}, dict(wrong))
    drawn = [
        fields.problems(form),
        fields.text(form, "it", TYPED, type=type, hint=TYPED),
        fields.area(form, "it", TYPED, hint=TYPED),
        fields.choice(form, "it", TYPED, [("", "Choose"), (TYPED, TYPED)], hint=TYPED),
        fields.tick(form, "it", TYPED),
        fields.done(TYPED),
        fields.table(TYPED, (TYPED, ""), [(TYPED, TYPED)]),
    ]
    written = to_text(drawn)
    tags = _Tags(written).found
    assert not {"script", "b"} & {tag for tag, _ in tags} - ({"b"} if wrong else set())
    assert not any("onclick" in attributes for _, attributes in tags)
    typed = [attributes.get("value") for tag, attributes in tags if tag == "input"]
    assert typed == [None if type == "password" else TYPED, "1"]


def test_an_error_is_tied_to_its_field() -> None:
    form = Form({}, {"email": "Enter an address."})
    written = to_text(fields.text(form, "email", "E-mail", hint="Of work."))
    assert 'aria-describedby="h-email e-email"' in written and 'aria-invalid="true"' in written
    assert '<p class="error" id="e-email">Enter an address.</p>' in written
    assert '<a href="#f-email">Enter an address.</a>' in to_text(fields.problems(form))


def test_a_secret_is_never_written_again() -> None:
    form = Form({"password": "three random words"})
    written = to_text(fields.text(form, "password", "Password", type="password"))
    assert "three random" not in written and 'data-show="f-password"' in written
