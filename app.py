"""The chat page: `python app.py` is `footnote serve`, with the same options.

python app.py ~/papers ~/reports --port 8000
"""

from __future__ import annotations

import sys

from qa.cli import main

if __name__ == "__main__":
    main(["serve", *sys.argv[1:]])
