"""The README's tables are those of the registry and of the settings."""

from __future__ import annotations

import pytest

from tests import readme


def test_the_tables_of_the_readme_are_up_to_date() -> None:
    text = readme.README.read_text(encoding="utf-8")
    assert text == readme.up_to_date(text), "run: python -m tests.readme"


def test_a_block_is_replaced_whole_and_must_be_there() -> None:
    before = "a\n<!-- x:start -->\nold\nolder\n<!-- x:end -->\nb\n"
    assert readme.filled(before, "x", "new\n") == ("a\n<!-- x:start -->\nnew\n<!-- x:end -->\nb\n")
    with pytest.raises(ValueError, match="no block called y"):
        readme.filled(before, "y", "new")
