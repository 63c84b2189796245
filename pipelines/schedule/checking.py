"""One scheduled check of one dataset: `python -m pipelines.schedule.checking ID`.

A process of its own gives back all memory at its end, and takes nothing else with it should it be
killed. It ends with 0 when all is well or nothing is wrong that an earlier check has not reported,
1 when the check failed for a reason that is recorded, and `BUSY` when another process is refreshing
the dataset.
"""

from __future__ import annotations

import os
import sys
import threading
import time

from data import logs
from data.settings import Settings
from data.versions.store import store
from pipelines.engine.runner import publish_landed, quiet
from pipelines.engine.series import series
from pipelines.locking.locks import AlreadyRunning
from pipelines.schedule.refreshing import dependents, refresh_dataset
from pipelines.schedule.reporting import reported

FAILED = 1
BUSY = 75


def check(dataset_id: str, settings: Settings) -> int:
    """Refresh a dataset and those whose rates rest on it."""
    real = store(settings.home, "real")
    try:
        results = [refresh_dataset(real, series(dataset_id), settings)]
        for one in dependents(real, results):
            with reported(real, one.dataset.id, quiet) as told:
                memory = settings.pipeline_memory_mb
                results.append(publish_landed(real, one, memory_mb=memory, progress=told))
    except AlreadyRunning:
        return BUSY
    return FAILED if any(result.is_trouble for result in results) else 0


def end_with(parent: int) -> None:
    """End at once when the scheduler has ended, however that happened: nobody would know of us."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(FAILED)


if __name__ == "__main__":
    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    from_environment = Settings.from_environment()
    logs.configure(from_environment.log)
    sys.exit(check(sys.argv[1], from_environment))
