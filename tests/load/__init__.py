"""Load: a started server asked, filled, synced and reloaded at a steady rate, and measured from outside.

python -m tests.load [--minutes 10] [--rate 5] [--seed 20190501] [--report FILE]

facts.py       documents that are made, each with a question and the words that answer it
visiting.py    what a visitor sends: the API's requests, and the events of a page in a tab
reading.py     visitors who ask, search, open sources, reload and hang up
changing.py    documents that come, change, are renamed and go, by the page and in the folder; syncs; kills
measuring.py   memory, handles, processes and files, as the system counts them
verdicts.py    what is flat and what is lost
running.py     all of it together, for some minutes
report.py      the table
"""
