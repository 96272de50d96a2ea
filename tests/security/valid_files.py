"""A small valid file of each format, in whose parts there is something to get wrong."""

import io
from email.message import EmailMessage

from docx import Document as WordDocument
from openpyxl import Workbook
from pptx import Presentation

from tests.index.reading.minimal_pdf import lines, pdf
from tests.index.reading.samples import epub

__all__ = ["SAMPLES"]


def saved(document) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def word() -> bytes:
    document = WordDocument()
    document.add_heading("Aid", 1)
    document.add_paragraph("The aid waits in Cucuta.")
    document.add_table(2, 2).cell(0, 0).text = "barrels"
    return saved(document)


def sheets() -> bytes:
    book = Workbook()
    book.active.append(["place", "barrels"])
    book.active.append(["quay", 41])
    return saved(book)


def slides() -> bytes:
    deck = Presentation()
    deck.slides.add_slide(deck.slide_layouts[1]).shapes.title.text = "The ferry"
    return saved(deck)


def mail() -> bytes:
    message = EmailMessage()
    message["Subject"] = "Aid"
    message.set_content("It waits in Cucuta.")
    message.add_alternative("<p>It waits in <b>Cucuta</b>.</p>", subtype="html")
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="a.pdf")
    return bytes(message)


TEXTS = {
    "a.txt": "1. Aid\n\nThe aid waits in Cucuta.\n\n- one\n- two\n",
    "a.md": "---\ntitle: Aid\n---\n\n# Aid #\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n```\n\n[x]: http://y\n",
    "a.html": "<!doctype html><title>Aid</title><h1>Aid</h1><table><tr><td>1<td>2</table><p>It waits &amp; waits.</p>",
    "a.xml": '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><a b="c"><title>Aid</title><p>It &x; <![CDATA[<]]>'
    "</p></a>",
    "a.csv": 'place,"barrels, all"\nquay,41\n',
    "a.tsv": "place\tbarrels\nquay\t41\n",
    "a.json": '{"aid": [{"place": "Cucuta", "tons": 4.5e3, "there": null}], "\\u00e9": "\\ud83d\\ude00"}',
    "a.jsonl": '{"a": 1}\n{"a": [2, 3]}\n',
    "a.tex": "\\title{Aid}\n\\section{One}\\label{x}\n\\begin{itemize}\n\\item It waits.\n\\end{itemize}\n% no\n",
    "a.rst": "Aid\n===\n\n.. note:: It waits.\n\n=== ===\na   b\n=== ===\n1   2\n=== ===\n",
    "a.org": "#+TITLE: Aid\n* TODO One :tag:\n:PROPERTIES:\n:END:\n| a | b |\n|---+---|\n#+BEGIN_SRC\nx\n#+END_SRC\n",
    "a.rtf": "{\\rtf1\\ansi{\\fonttbl\\f0 Arial;}\\f0 The aid \\b waits\\b0 \\u233? in Cucuta.\\par}",
    "a.py": '"""Aid."""\n\n\ndef aid():\n    return "Cucuta"\n',
}
SAMPLES = {
    **{name: text.encode() for name, text in TEXTS.items()},
    "a.pdf": pdf([lines("The aid waits.", "In Cucuta.")]),
    "a.docx": word(),
    "a.xlsx": sheets(),
    "a.pptx": slides(),
    "a.epub": epub("<h1>One</h1><p>The aid waits.</p>"),
    "a.eml": mail(),
}
