"""Publishers' own files, cut down and made odd: as those of the fictional England."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pipelines.fuzz import cases, real, stage
from tests.pipelines.fuzz.mutations import KINDS, of_kind
from tests.pipelines.fuzz.real import RELEASES, Published
from tests.pipelines.fuzz.stage import Stage

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("odd files")]
_KINDS = [kind for kind in KINDS if kind != "another file"]


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return stage.build(tmp_path_factory.mktemp("odd-real-files"))


@pytest.fixture(params=RELEASES, ids=lambda release: f"{release.dataset} ({release.form})")
def release(
    request: pytest.FixtureRequest, ready: Stage, real_data: Path, tmp_path: Path
) -> Published:
    asked: Published = request.param
    shared = real_data.parent
    if lacking := [
        name for name in (*asked.files, *asked.files_before) if not (shared / name).exists()
    ]:
        pytest.skip(f"the publisher's file is not at {shared / lacking[0]}")
    if asked.dataset not in ready.plans:
        ready.begin(real.plan(asked, shared, ready.folder / asked.dataset))
    return asked


def test_what_is_cut_down_is_published(ready: Stage, release: Published) -> None:
    assert set(ready.right(release.dataset).digests) == {release.month_before, release.month}


@pytest.mark.parametrize("kind", _KINDS)
def test_a_publisher_s_file_made_odd_is_refused_or_published_as_it_says(
    ready: Stage, release: Published, kind: str
) -> None:
    turn, changes = RELEASES.index(release) + 1, of_kind(kind)
    tried = (changes[(turn + n) % len(changes)] for n in range(len(changes)))
    outcomes = (cases.run(ready, release.dataset, one, 2, later_too=True) for one in tried)
    outcome = next((outcome for outcome in outcomes if outcome), None)
    if outcome is None:
        assert (kind, release.form) == ("encoding", "XLSX")
        pytest.skip("a workbook says itself what its encoding is")
    assert outcome.verdict != "fault", str(outcome)
