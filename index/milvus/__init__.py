"""An index on a Milvus server instead of in a folder: for corpora and front ends that outgrow one machine.

    index = MilvusIndex("reports", Address.of("milvus://host:19530/footnote"))

Documents, passages and vectors are kept there, and both retrievers' candidates are found there; how they are scored,
ranked and cited is the code of the embedded index, above the protocols of `index.stores`.
"""

from __future__ import annotations

from index.milvus.address import Address
from index.milvus.served import MilvusIndex

__all__ = ["Address", "MilvusIndex"]
