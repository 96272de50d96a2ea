"""A folder that is watched while a test changes it."""

import itertools
import queue
import threading

from index.watching import changes

PATIENCE_SECONDS = 60
CALM_SECONDS = 2.5
"""How long to see that nothing comes: an event, the quiet after it, and a look take about one second."""


class Watched:
    """A folder watched by a thread of its own; `seen` gets one entry for each change, `said` each line."""

    def __init__(self, folder, index=None):
        self.seen, self.said = queue.Queue(), queue.Queue()
        self._folder, self._numbers = folder, itertools.count(1)
        self.stop = threading.Event()
        self._changes = changes(folder, index=index or folder / ".footnote", stop=self.stop, say=self.said.put)
        self._thread = threading.Thread(target=self._run)

    def _run(self):
        for names in self._changes:
            self.seen.put(names)

    def start(self):
        self._thread.start()
        self.expect_change()  # the first, which says that watching has begun

    def end(self):
        self.stop.set()
        self._thread.join(PATIENCE_SECONDS)
        return not self._thread.is_alive()

    def expect_change(self):
        return self.seen.get(timeout=PATIENCE_SECONDS)

    def expect_said(self):
        return self.said.get(timeout=PATIENCE_SECONDS)

    def further_changes(self):
        """How many more there are before one that is made here: what is on its way is told before it, or with it."""
        last = f"last{next(self._numbers)}.txt"
        put(self._folder / last, "The end.")
        count = 0
        while (told := self.expect_change()) != {last}:
            count += 1
            if told is None or last in told:
                break
        return count

    def changes_until_calm(self):
        """The same where there is no folder to make one in."""
        count = 0
        while True:
            try:
                self.seen.get(timeout=CALM_SECONDS)
            except queue.Empty:
                return count
            count += 1


def put(path, text):
    """Write a file at one stroke: a busy machine may look between its beginning and its end, and see two changes."""
    hidden = path.with_name(".coming")
    hidden.write_text(text)
    hidden.replace(path)
