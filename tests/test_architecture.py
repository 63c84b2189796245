"""The layers and their allowed imports, read from the source."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[1]
TOP_LEVEL = {
    "app.py",
    "pages",
    "components",
    "calculators",
    "auth",
    "data",
    "pipelines",
    "api",
    "tests",
    "assets",
    "docs",
    "requirements.txt",
    "README.md",
    "LICENSE",
    "Makefile",
    "pyproject.toml",
    ".gitignore",
    ".ci",
}
MADE_HERE = {
    ".venv",
    "var",
    ".git",
    "__pycache__",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".hypothesis",
}
# Which of our packages each layer may import. `data.spec` where only types are meant, which is all
# that `data.provenance` holds; numbers, periods and gaps are written in one way everywhere, so
# `data.format`, `data.periods` and `data.absence` are open to all.
ALLOWED = {
    "calculators": set(),
    "data": {"data"},
    "pipelines": {"data", "pipelines"},
    "components": {
        "components",
        "data.spec",
        "data.absence",
        "data.provenance",
        "data.periods",
        "data.format",
    },
    "auth": {
        "auth",
        "components",
        "data.settings",
        "data.confined",
        "data.workbooks",
        "data.format",
    },
    "pages": {"pages", "components", "data", "calculators", "auth"},
    "api": {"api", "data", "calculators", "auth"},
    # The command line of the pipelines is part of the `flask` command, so app.py adds it.
    "app.py": {"pages", "components", "api", "auth", "data", "pipelines.cli.commands"},
}
OURS = {"app", "pages", "components", "calculators", "auth", "data", "pipelines", "api", "tests"}
MOST_FILES = 25  # of a folder
ENVIRONMENT_READER = "data/settings.py"
DOWNLOADERS = {"httpx", "requests", "urllib.request", "http.client", "aiohttp"}
MODULES = sorted(
    path
    for layer in ALLOWED
    for path in ([ROOT / layer] if layer.endswith(".py") else (ROOT / layer).rglob("*.py"))
)


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{name.name}" for name in node.names}
    return found


def _layer(path: Path) -> str:
    return path.relative_to(ROOT).parts[0]


def _within(module: str, allowed: set[str]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in allowed)


def _refused(path: Path) -> set[str]:
    """Our own modules that a module imports and its layer may not."""
    ours = {module for module in _imports(path) if module.split(".")[0] in OURS}
    # `from data import spec` reads as both `data` and `data.spec`: the longer one decides.
    longest = {m for m in ours if not any(other.startswith(f"{m}.") for other in ours)}
    return {module for module in longest if not _within(module, ALLOWED[_layer(path)])}


def _named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_modules_import_only_what_their_layer_may() -> None:
    assert {_named(path): refused for path in MODULES if (refused := _refused(path))} == {}


def _dotted(path: Path) -> str:
    """A module's whole name; what a folder itself holds is a module of that folder."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def _rooms(paths: Iterable[Path]) -> dict[str, dict[str, set[str]]]:
    """By folder: which of its modules and rooms import which others, imports in functions too.

    A room stands for all that is below it, so each level of the tree has a graph of its own.
    """
    imports = {_dotted(path): _imports(path) for path in paths}
    graphs: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for importer, names in imports.items():
        modules = {name for name in names if name in imports}
        packages = {f"{name}.__init__" for name in names if f"{name}.__init__" in imports}
        for package in packages:  # `from data import spec` is of `data.spec`, not of `data`
            inside = package.removesuffix("__init__")
            if not any(name.startswith(inside) for name in modules | packages - {package}):
                modules.add(package)
        for module in modules - {importer}:
            ours, theirs = importer.split("."), module.split(".")
            level = next(place for place, name in enumerate(ours) if name != theirs[place])
            graphs[".".join(ours[:level])][ours[level]].add(theirs[level])
    return graphs


def _circles(paths: Iterable[Path]) -> dict[str, list[str]]:
    """By folder: modules and rooms of which each imports the next, and the last the first."""
    circles = {}
    for folder, graph in _rooms(paths).items():
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            circles[folder or "the top"] = list(reversed(error.args[1]))
    return circles


def test_no_room_imports_upwards_or_in_a_circle() -> None:
    assert _circles(MODULES) == {}


def test_no_room_is_crowded() -> None:
    files = Counter(_named(path.parent) for path in MODULES)
    assert {room: count for room, count in files.items() if count > MOST_FILES} == {}


def test_only_settings_reads_the_environment() -> None:
    readers = {
        _named(path)
        for path in MODULES
        if "os.environ" in (text := path.read_text(encoding="utf-8")) or "getenv" in text
    }
    assert readers == {ENVIRONMENT_READER}


def test_only_pipelines_download() -> None:
    assert {
        _named(path)
        for path in MODULES
        if _layer(path) != "pipelines" and _imports(path) & DOWNLOADERS
    } == set()


def test_top_level_is_the_agreed_one() -> None:
    assert {path.name for path in ROOT.iterdir()} - MADE_HERE <= TOP_LEVEL


def test_no_module_is_long() -> None:
    lengths = {str(p.relative_to(ROOT)): len(p.read_text().splitlines()) for p in MODULES}
    assert {name: lines for name, lines in lengths.items() if lines > 500} == {}
    assert lengths["app.py"] < 150


def test_a_web_worker_leaves_heavy_libraries_alone() -> None:
    """They cost memory and time in every process, and only pipelines and exports need them."""
    said = subprocess.run(
        [sys.executable, "-c", "import app, sys; print(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert not {"pandas", "polars", "pyarrow", "openpyxl", "fastexcel", "resvg_py"} & set(
        said.split()
    )
