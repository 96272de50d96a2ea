"""A sync from a bucket, with keys in the environment; run by `test_private_by_construction`."""

import os
import sys
from contextlib import ExitStack

from tests.fake_embedder import CountingEmbedder
from tests.index.mirroring.conftest import Bucket, started
from tests.index.mirroring.s3_server import KEY, SECRET


def main() -> None:
    with ExitStack() as after:
        bucket = Bucket(after.enter_context(started()), "bucket", is_moto=False)
        os.environ |= {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{bucket.port}",
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "FOOTNOTE_MIRROR": os.path.abspath("mirrors"),
        }
        bucket.fill({"aid.txt": "The aid waits in a warehouse.", "oil.txt": "Oil fell."})
        from qa import Corpus

        report = Corpus(bucket.address, embedder=CountingEmbedder()).sync()
        sys.stdout.write(f"{report.documents} documents\n")


if __name__ == "__main__":
    main()
