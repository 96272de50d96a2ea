"""Documents in object storage: a copy in a folder of this machine, kept in step, which is then read as any folder is.

    s3://bucket/reports  ->  <mirrors>/1f4c09a4.../documents/bucket/reports/   the documents, under their keys
                                                   index/                      their index, unless it is kept elsewhere
                                                   journal.jsonl               what was copied, and which state of it

Before each sync the objects are listed; what is new or changed is downloaded, and what is gone is deleted. Nothing is
imported that reaches a network before that.
"""
