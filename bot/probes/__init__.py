"""What do servers show from here? DNS is asked in the plain way alone: its library would load a whole HTTP/2 client where it finds one."""

from dns import _features

_features.force("doh", False)  # 7 MiB; what the library itself does without that client
