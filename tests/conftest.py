"""What all tests share: in CI the generated examples are the same ones each time, so that a commit is judged by itself and not by luck.

By hand they are random; what a random run finds becomes an example of its own.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("ci", derandomize=True, print_blob=True)
if os.environ.get("CI"):
    settings.load_profile("ci")
