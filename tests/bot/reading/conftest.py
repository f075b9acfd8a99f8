"""What do the tests that run real tools share? Certificates of this run."""

from __future__ import annotations

import pytest

from tests.servers.papers import Papers


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    made = Papers(tmp_path_factory.mktemp("papers"))
    made.prepare()
    return made
