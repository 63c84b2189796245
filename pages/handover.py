"""What a document was drawn with, for Dash, which asks for the same a moment later.

The first sections of a document stand until Dash has drawn the page, and Dash draws them too. Where
one process answers both, it works them out once. They are kept until they are asked for, and of the
last documents only; what is kept holds no version of the data, so none lives longer for it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Sequence

from flask import request

from components.blocks import Section
from data.versions.db import library

MOST = 32  # documents, of about 60 kB each


class Handover:
    """Sections by what they follow from; each can be taken once."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._documents: OrderedDict[Hashable, Sequence[Section]] = OrderedDict()
        self._lock = threading.Lock()

    def give(self, key: Hashable, sections: Sequence[Section]) -> None:
        with self._lock:
            self._documents[key] = sections
            self._documents.move_to_end(key)
            while len(self._documents) > self._most:
                self._documents.popitem(last=False)

    def take(self, key: Hashable) -> Sequence[Section] | None:
        with self._lock:
            return self._documents.pop(key, None)


DOCUMENTS = Handover(MOST)


def key(*asked: Hashable) -> Hashable:
    """What sections follow from: what is asked, of which host, and all that is published."""
    return (*asked, request.host_url, request.script_root, library().state())
