"""Cut copies of the publishers' own files do not take the place of the whole ones."""

from __future__ import annotations

import csv
import gzip
import io
import random
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tests.pipelines.test_replacing import Home

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("real")]

LISTS = "gp-reg-pat-prac-all_2025-11-01.csv"
CONTRACT = "core_gp_contract_2023_24_Q1__QHM_QMF_QUY.csv"
CROSSTAB = "Practice_Level_Crosstab_London_East_South_Oct_25_reexport.csv"
REGISTER = "epraccur_getReport_2026-10-02_sample.csv"


def text(path: Path) -> str:
    if not path.exists():
        path = path.with_name(f"{path.name}.gz")
        return gzip.decompress(path.read_bytes()).decode("utf-8-sig")
    return path.read_text(encoding="utf-8-sig")


def practices_kept(body: str, column: str, keep: Callable[[int], bool]) -> bytes:
    """The rows of the practices whose place in the order of codes is kept."""
    rows = list(csv.DictReader(io.StringIO(body)))
    codes = sorted({row[column] for row in rows})
    kept = {code for place, code in enumerate(codes) if keep(place)}
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(row for row in rows if row[column] in kept)
    return out.getvalue().encode()


def test_half_the_lists_of_november_do_not_replace_them(tmp_path: Path, real_data: Path) -> None:
    folder = real_data / "patients_registered"
    home = Home(tmp_path / "home", "list-sizes")
    november, december = date(2025, 11, 1), date(2025, 12, 1)
    for name in (LISTS, LISTS.replace("11-01", "12-01")):
        assert home.load(text(folder / name).encode(), name).exit_code == 0
    before = home.totals()
    half = practices_kept(text(folder / LISTS), "CODE", lambda place: place % 2 == 0)
    done = home.load(half, LISTS)
    assert done.exit_code == 1
    assert "November 2025" in done.output and "data accept list-sizes 2025-11" in done.output
    assert home.totals() == before and before.keys() == {november, december}


def test_210_of_677_practices_do_not_replace_a_quarter(tmp_path: Path, real_data: Path) -> None:
    body = text(real_data / "gp_contract" / CONTRACT)
    home = Home(tmp_path / "home", "gp-contract")
    assert home.load(body.encode(), CONTRACT).exit_code == 0
    before = home.manifest.version
    done = home.load(practices_kept(body, "PRACTICE_CODE", lambda place: place < 210), CONTRACT)
    assert done.exit_code == 1
    assert "677 practices → 210, of which 210 were there" in done.output
    assert home.manifest.version == before


def test_a_crosstab_part_is_published_as_partial_and_keeps_its_rows(
    tmp_path: Path, real_data: Path
) -> None:
    body = text(real_data / "gpad" / CROSSTAB)
    home = Home(tmp_path / "home", "gp-appointments")
    assert home.load(body.encode(), CROSSTAB).exit_code == 0
    october = home.manifest.periods[date(2025, 10, 1)]
    assert october.incompleteness == (
        "partial: London, East of England, the South; missing the Midlands, the North"
    )
    assert (october.practices, october.totals) == (2101, {"appointments": 15_065_690})
    head, *lines = body.splitlines(keepends=True)
    chosen = random.Random(1948).sample(range(len(lines)), len(lines) * 7 // 10)
    thin = head + "".join(lines[place] for place in sorted(chosen))
    done = home.load(thin.encode(), CROSSTAB)
    assert done.exit_code == 1 and "15,065,690 → " in done.output
    few = "".join(line for line in lines if line.split(",")[1].startswith("F8"))
    done = home.load((head + few).encode(), CROSSTAB)
    assert done.exit_code == 1 and "2,101 practices → " in done.output
    assert home.totals() == {date(2025, 10, 1): 15_065_690}


def test_a_sample_of_the_register_waits_until_somebody_accepts_it(
    tmp_path: Path, real_data: Path
) -> None:
    folder = real_data / "ods"
    home = Home(tmp_path / "home", "practices")
    legacy = "epraccur_legacy_2025-08.csv"
    assert home.load(text(folder / legacy).encode(), legacy).exit_code == 0
    done = home.load(text(folder / REGISTER).encode(), REGISTER)
    assert done.exit_code == 1 and "of the 6,220 before are still there" in done.output
    assert home.totals().keys() == {date(2025, 8, 1)}
    done = home.flask("accept", "practices", "2026-10", "--why", "a sample, to try it")
    assert done.exit_code == 0, done.output
    assert home.totals().keys() == {date(2025, 8, 1), date(2026, 10, 1)}
