"""What all tests share: in CI the generated examples are the same ones each time, so that a commit is judged by itself and not by luck.

By hand they are random; what a random run finds becomes an example of its own. And Ctrl-C reaches the processes that tests start, also
where pytest itself was started in the background of a script, whose children would ignore it.
"""

from __future__ import annotations

import os
import signal

from hypothesis import settings

settings.register_profile("ci", derandomize=True, print_blob=True)
if os.environ.get("CI"):
    settings.load_profile("ci")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
