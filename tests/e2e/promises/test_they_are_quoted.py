"""The promises are in the owner's own words."""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path

import pytest

from tests.serving import ROOT

HERE = Path(__file__).parent
SHARED = Path(os.environ.get("REAL_DATA_DIR", ROOT.parent / "shared" / "data")).parent
SEEDS = SHARED / "seeds"


def words(text: str) -> str:
    """Letters and figures alone, so that bullets, bars and line breaks do not count."""
    return " ".join(re.findall(r"[a-z0-9]+", text.casefold()))


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the owner's documents are not beside the project")
def test_every_quotation_is_in_the_documents() -> None:
    documents = words(" ".join(path.read_text(encoding="utf-8") for path in SEEDS.iterdir()))
    quoted = 0
    for path in sorted(HERE.glob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and (said := ast.get_docstring(node)):
                for sentence in re.findall(r'"([^"]+)"', said):
                    assert words(sentence) in documents, f"{node.name}: {sentence}"
                    quoted += 1
    assert quoted > 100
