"""A PDF writer of forty lines: text at places, in two standard fonts, with labels and an outline."""

BODY, BOLD = "F1", "F2"
SCAN = "q 600 0 0 800 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID x EI Q"
"""The content of a page that is one picture."""


def pdf(pages, *, labels="", outline=(), extra=""):
    """The bytes of a PDF.

    Args:
        pages: for each page its texts as (x, y, size, font, text), or its content stream as it is.
        labels: what stands in /PageLabels /Nums, as PDF writes it.
        outline: (title, page counted from 0) of each entry.
        extra: more of the trailer.
    """
    objects = {1: "", 2: "", 3: _font("Helvetica"), 4: _font("Helvetica-Bold")}
    kids = []
    for texts in pages:
        stream = texts if isinstance(texts, str) else "\n".join(_shown(*text) for text in texts)
        content, page = len(objects) + 1, len(objects) + 2
        objects[content] = f"<< /Length {len(stream.encode('cp1252'))} >>\nstream\n{stream}\nendstream"
        objects[page] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {content} 0 R"
            " /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>"
        )
        kids.append(page)
    objects[2] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] >>"
    catalog = "/Type /Catalog /Pages 2 0 R"
    if labels:
        catalog += f" /PageLabels << /Nums [{labels}] >>"
    if outline:
        catalog += f" /Outlines {_add_outline(objects, outline, kids)} 0 R"
    objects[1] = f"<< {catalog} >>"
    return _file(objects, extra)


def lines(*rows, x=50, top=700, leading=14, size=12, font=BODY):
    """Lines of one paragraph, below each other."""
    return [(x, top - leading * number, size, font, row) for number, row in enumerate(rows)]


def _font(name):
    return f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>"


def _shown(x, y, size, font, text):
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /{font} {size} Tf {x} {y} Td ({escaped}) Tj ET"


def _add_outline(objects, outline, kids):
    root = len(objects) + 1
    entries = range(root + 1, root + 1 + len(outline))
    objects[root] = f"<< /Type /Outlines /First {entries[0]} 0 R /Last {entries[-1]} 0 R /Count {len(outline)} >>"
    for number, (title, page) in zip(entries, outline, strict=True):
        following = f" /Next {number + 1} 0 R" if number < entries[-1] else ""
        objects[number] = f"<< /Title ({title}) /Parent {root} 0 R /Dest [{kids[page]} 0 R /Fit]{following} >>"
    return root


def _file(objects, extra):
    data, offsets = b"%PDF-1.7\n", []
    for number, body in objects.items():
        offsets.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode("cp1252")
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    tail = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n"
    tail += f"<< /Size {len(objects) + 1} /Root 1 0 R {extra}>>\nstartxref\n{len(data)}\n%%EOF\n"
    return data + tail.encode()
