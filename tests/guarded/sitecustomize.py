"""Python imports this at its start when its folder is on PYTHONPATH, as it is in every process that a test starts."""

import network_guard

network_guard.install()
