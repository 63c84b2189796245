"""The README's tables, written from what they describe: `python -m tests.readme`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from data.registry import all_datasets
from data.settings import Settings

README = Path(__file__).parents[1] / "README.md"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines).replace("| --- ", "|---")


def datasets() -> str:
    """Every declared dataset, where it comes from and how often."""
    return table(
        ("Dataset", "What it is", "Published by", "How often"),
        [
            (f"`{one.id}`", f"[{one.series}]({one.source_url})", one.publisher, one.cadence)
            for one in all_datasets()
        ],
    )


def settings() -> str:
    """Every environment variable."""
    return table(
        ("Variable", "Default", "Meaning"),
        [
            (f"`{variable}`", f"`{default}`" if default else "(empty)", meaning)
            for variable, default, meaning in Settings.table()
        ],
    )


def filled(text: str, block: str, content: str) -> str:
    """The text with other content between a block's start and end marks."""
    marked = re.compile(rf"(<!-- {block}:start -->\n).*?(<!-- {block}:end -->)", re.DOTALL)
    if not marked.search(text):
        raise ValueError(f"the README has no block called {block}")
    return marked.sub(lambda found: f"{found[1]}{content}{found[2]}", text)


def up_to_date(text: str) -> str:
    """The README with its tables of datasets and settings as they are declared now."""
    return filled(filled(text, "datasets", datasets()), "settings", settings())


if __name__ == "__main__":
    README.write_text(up_to_date(README.read_text(encoding="utf-8")), encoding="utf-8")
