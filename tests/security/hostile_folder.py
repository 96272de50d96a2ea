"""A folder in which everything that a document can say is an attack: names, text, titles, headings, sheets, metadata.

Whatever runs sets `window.hacked`; whatever reaches a terminal raw begins with ESC, or with its one-character form CSI.
"""

from __future__ import annotations

import os
from email.message import EmailMessage
from pathlib import Path

from docx import Document as WordDocument
from openpyxl import Workbook
from pptx import Presentation

SCRIPT = "<img src=x onerror=hacked=1><script>hacked=1</script>"
CLOSING = "</script></style></title></textarea>--></bdi></p></div>"
LINKS = "[aid](javascript:hacked=1) <a href='data:text/html,<script>hacked=1</script>'>b</a> javascript:hacked=1"
ESC, CSI = "\x1b", "\x9b"
TERMINAL = f"{ESC}[2J{ESC}]0;taken{ESC}\\{ESC}]52;c;cm0gLXJm\x07{CSI}31m"
TURNED = "\u202e\u2066\u200f"
FORMULA = '=HYPERLINK("http://tracker.invalid","x")'

QUESTIONS = {
    "Where do the herons nest?": "herons nest",
    "Who mended the bridge?": "mended the bridge",
    "How many barrels were rolled to the quay?": "barrels",
    "What did the surveyor measure?": "surveyor",
    "When was the mill sold?": "mill",
    "Who painted the ferry?": "ferry",
}


def write(folder: Path) -> None:
    """Write the documents; every question above is answered by one of them."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{SCRIPT.replace('/', '∕')} & 'x' \"y\".md").write_text(
        f"---\ntitle: {SCRIPT}{CLOSING}\n---\n\n# {SCRIPT}\n\n## {LINKS}\n\nThe herons nest in the reeds "
        f"{SCRIPT} by the lake.\n\n{LINKS}\n"
    )
    (folder / f"a{TERMINAL}b.txt".replace("/", "")).write_text(
        f"Old Tobias mended the bridge {TERMINAL} with {TURNED} oak planks.\n", encoding="utf-8"
    )
    (folder / "c\nd\r\te.txt").write_text(f"Title {TERMINAL}{TURNED}\n\nThe lamp is lit at dusk.\n", encoding="utf-8")
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe\x1b[31m.txt")).write_text("The gate is shut at noon.\n")
    (folder / "broken\x1b[31m\u202efdp.pdf").write_bytes(b"%PDF-1.4 nothing")
    (folder / "quay.csv").write_text(f'{FORMULA},"{SCRIPT}",barrels\n+1+1,@SUM(A1),the quay: 41 barrels were rolled\n')
    _word(folder / "survey.docx")
    _sheets(folder / "mill.xlsx")
    _slides(folder / "ferry.pptx")
    shown = SCRIPT.replace("<", "&lt;")
    (folder / "page.html").write_text(
        f"<html><head><title>{shown}</title><meta name=author content='&quot;>{SCRIPT}'></head>"
        f"<body><h1>{shown}</h1><p>The clock strikes {LINKS} at nine.</p><script>hacked=1</script></body>"
    )
    mail = EmailMessage()
    mail["Subject"], mail["From"] = SCRIPT, f'"{SCRIPT}" <a@tracker.invalid>'
    mail.set_content(f"The letter arrived on Friday. {SCRIPT}")
    (folder / "letter.eml").write_bytes(bytes(mail))


def _word(path: Path) -> None:
    document = WordDocument()
    facts = document.core_properties
    facts.title = facts.author = facts.subject = facts.keywords = f"{SCRIPT}{CLOSING}"
    document.add_heading(f"{SCRIPT} {LINKS}", 1)
    document.add_paragraph(f"The surveyor measured the marsh {SCRIPT} in May.")
    document.save(str(path))


def _sheets(path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.title = "<img src=x onerror=hacked=1>"
    sheet.append([SCRIPT, FORMULA, "mill"])
    sheet.append(["the mill was sold in 1911", "-2+3", SCRIPT])
    book.properties.title = book.properties.creator = SCRIPT
    book.save(path)


def _slides(path: Path) -> None:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = SCRIPT
    slide.placeholders[1].text = f"Marta painted the ferry {SCRIPT} green."
    deck.core_properties.title = deck.core_properties.author = SCRIPT
    deck.save(str(path))
