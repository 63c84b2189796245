"""The README and the decisions agree with what they describe."""

from __future__ import annotations

import re

import pytest

from tests import readme

# Files and folders of ours in backticks; a path with a placeholder, as `<id>`, names no file.
NAMED_FILE = r"`((?:api|assets|auth|components|data|docs|pages|pipelines|tests)/[\w./-]*)`"


def test_the_tables_of_the_readme_are_up_to_date() -> None:
    text = readme.README.read_text(encoding="utf-8")
    assert text == readme.up_to_date(text), "run: python -m tests.readme"


def test_a_block_is_replaced_whole_and_must_be_there() -> None:
    before = "a\n<!-- x:start -->\nold\nolder\n<!-- x:end -->\nb\n"
    assert readme.filled(before, "x", "new\n") == ("a\n<!-- x:start -->\nnew\n<!-- x:end -->\nb\n")
    with pytest.raises(ValueError, match="no block called y"):
        readme.filled(before, "y", "new")


def test_files_and_tests_that_the_documents_name_exist() -> None:
    root = readme.README.parent
    tests = "\n".join(path.read_text(encoding="utf-8") for path in root.glob("tests/**/*.py"))
    for document in (readme.README, *sorted(root.glob("docs/**/*.md"))):
        text = document.read_text(encoding="utf-8")
        paths = set(re.findall(NAMED_FILE, text))
        assert paths, document.name
        missing = {path for path in paths if not (root / path).exists()}
        names = {name for name in re.findall(r"`(test_\w+)`", text) if f"def {name}(" not in tests}
        assert not missing | names, (document.name, missing | names)
