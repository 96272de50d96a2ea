"""python make_model.py FOLDER: writes tiny sentence-transformers models with fixed weights into FOLDER."""

import json
import sys
from pathlib import Path

import torch
from sentence_transformers import CrossEncoder, SentenceTransformer
from tokenizers import BertWordPieceTokenizer, Tokenizer
from transformers import BertConfig, BertForSequenceClassification, BertModel, BertTokenizerFast

try:
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, StaticEmbedding, Transformer
except ImportError:  # sentence-transformers 5
    from sentence_transformers.models import Normalize, Pooling, StaticEmbedding, Transformer

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.,?!'-"
WORDS = "the a of and to in is was army river council border people water query passage : "
VOCABULARY = [*SPECIAL, *LETTERS, *(f"##{letter}" for letter in LETTERS), *WORDS.split()]
DIMENSION = 32


def bert_config(**others: int) -> BertConfig:
    return BertConfig(
        vocab_size=len(VOCABULARY),
        hidden_size=DIMENSION,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
        initializer_range=0.2,  # ten times the usual, so that different texts get different vectors
        **others,
    )


def write_bert(folder: Path) -> None:
    """A BERT with random, always equal weights, and its tokenizer."""
    torch.manual_seed(7)
    BertModel(bert_config()).save_pretrained(folder)
    write_tokenizer(folder)


def write_tokenizer(folder: Path) -> None:
    words = {word: at for at, word in enumerate(VOCABULARY)}
    tokenizer = BertWordPieceTokenizer(words, lowercase=True)
    BertTokenizerFast(tokenizer_object=tokenizer._tokenizer, model_max_length=64).save_pretrained(folder)


def write_model(
    bert: Path, folder: Path, pooling: str, *, normalise: bool, prompts: dict[str, str] | None = None
) -> None:
    """A sentence-transformers model over the BERT."""
    transformer = Transformer(str(bert), max_seq_length=32)
    modules = [transformer, Pooling(DIMENSION, pooling), *([Normalize()] if normalise else [])]
    SentenceTransformer(modules=modules, device="cpu", prompts=prompts).save_pretrained(str(folder))


def write_static(bert: Path, folder: Path) -> None:
    """A model without a transformer, which sentence-transformers runs and which cannot be compiled."""
    torch.manual_seed(8)
    words = StaticEmbedding(Tokenizer.from_file(str(bert / "tokenizer.json")), embedding_dim=DIMENSION)
    SentenceTransformer(modules=[words], device="cpu").save_pretrained(str(folder))


def write_cross_encoder(folder: Path, labels: int) -> None:
    """A BERT with a head that gives `labels` scores for a pair of texts, saved in both known ways."""
    torch.manual_seed(9)
    BertForSequenceClassification(bert_config(num_labels=labels)).save_pretrained(folder)
    write_tokenizer(folder)
    CrossEncoder(str(folder), device="cpu").save_pretrained(str(folder.with_name(f"{folder.name}-saved")))


def main(folder: Path) -> None:
    bert = folder / "bert"
    write_bert(bert)
    write_model(bert, folder / "mean", "mean", normalise=True)
    write_model(bert, folder / "prompts", "cls", normalise=False, prompts={"query": "query: ", "document": "passage: "})
    write_static(bert, folder / "static")
    write_cross_encoder(folder / "cross", 1)
    write_cross_encoder(folder / "cross-three", 3)
    texts = ["The army crossed the river.", "A council of the people?", "Water. " * 40]
    expected = {}
    for kind in ("mean", "prompts", "static"):
        model = SentenceTransformer(str(folder / kind), device="cpu")
        expected[kind] = {
            "passages": model.encode_document(texts, normalize_embeddings=True).tolist(),
            "questions": model.encode_query(texts, normalize_embeddings=True).tolist(),
        }
    pairs = [("Who crossed the river?", text) for text in texts]
    cross = CrossEncoder(str(folder / "cross"), device="cpu")
    expected["cross"] = cross.predict(pairs, activation_fn=torch.nn.Identity()).tolist()
    (folder / "expected.json").write_text(json.dumps({"texts": texts, **expected}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
