"""What is vendored is what it says, and our own files keep the rules of the house."""

import json
import re
from importlib.resources import files
from itertools import chain
from pathlib import Path

import pytest

from components import charts, shell, static
from components.markup import ICONS
from tests.components.gallery_charts import every_chart

ASSETS = Path(__file__).parents[2] / "assets"
OURS = sorted(ASSETS.glob("*.js"))
COMPONENTS = Path(__file__).parents[2] / "components"


def test_plotly_is_the_one_inside_the_wheel() -> None:
    wheel = files("plotly").joinpath("package_data/plotly.min.js").read_text(encoding="utf-8")
    inside = re.search(r"plotly\.js v([\d.]+)", wheel[:300])
    vendored = (ASSETS / "vendor/plotly/plotly-basic.min.js").read_text(encoding="utf-8")
    ours = re.search(r"plotly\.js \(basic - minified\) v([\d.]+)", vendored[:300])
    named = json.loads((ASSETS / "vendor/VERSIONS.json").read_text())["plotly"]["version"]
    assert inside and ours
    assert inside[1] == ours[1] == named


def test_every_chart_is_of_a_kind_that_the_vendored_plotly_can_draw() -> None:
    drawn = {
        trace.get("type", "scatter")
        for spec in every_chart().values()
        for trace in charts.figure(charts.draw(spec))["data"]
    }
    assert drawn <= {"bar", "pie", "scatter"}, "vendor the cartesian bundle instead of the basic"


def test_every_vendored_folder_has_a_version_and_a_licence() -> None:
    versions = json.loads((ASSETS / "vendor/VERSIONS.json").read_text())
    folders = {path.name for path in (ASSETS / "vendor").iterdir() if path.is_dir()}
    assert folders == versions.keys()
    for folder in folders:
        assert (ASSETS / "vendor" / folder / "LICENSE").is_file()


def test_the_document_names_only_files_that_exist_and_all_of_ours() -> None:
    named: list[str] = []
    shell.index_string(lambda path: named.append(path) or path)
    named += [static.SCRIPTS, *chain.from_iterable(static.BUNDLES.values())]
    assert [path for path in named if static.read(path) is None] == []
    ours = {path.name for path in ASSETS.iterdir() if path.suffix in (".js", ".css")}
    assert ours <= set(named)
    assert not ours & static.BUNDLES.keys()


@pytest.mark.parametrize("script", OURS, ids=lambda path: path.name)
def test_scripts_are_short_and_run_under_the_policy(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 150
    assert not re.search(r"\beval\(|new Function|innerHTML|document\.write|https?://", text)


@pytest.mark.parametrize("sheet", ["app.css", "charts.css", "phone.css"])
def test_styles_take_their_colours_from_the_tokens(sheet: str) -> None:
    text = (ASSETS / sheet).read_text(encoding="utf-8")
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)|rgba?\(|https?:", text)


def test_every_icon_is_drawn() -> None:
    sheet = (ASSETS / "icons.css").read_text(encoding="utf-8")
    assert set(re.findall(r"\.i-([a-z]+) \{", sheet)) == set(ICONS)


def test_components_import_only_dash_and_the_vocabulary() -> None:
    """And, of what is no page, the writer of workbooks."""
    allowed = re.compile(
        r"(__future__|bisect|collections|csv|dataclasses|datetime|decimal|io|itertools|json|math|"
        r"typing|urllib|zipfile|zlib|html|orjson|hashlib|functools|mimetypes|pathlib|re|markupsafe|"
        r"dash|dash_bootstrap_components|components|xlsxwriter)(\.|$)|"
        r"data(\.(spec|absence|periods|format|provenance))?$"
    )
    for path in COMPONENTS.rglob("*.py"):
        for name in re.findall(r"^(?:from|import) ([\w.]+)", path.read_text(), re.MULTILINE):
            assert allowed.match(name), f"{path.name} imports {name}"
