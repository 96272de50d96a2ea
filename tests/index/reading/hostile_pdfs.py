"""PDF files that nobody prints."""

import zlib

from tests.index.reading.minimal_pdf import BODY, lines, pdf

BOX = "/MediaBox [0 0 600 800]"


def of_objects(objects, extra=""):
    """A PDF of objects by number, without a table of where they are: readers look for them."""
    body = b"%PDF-1.7\n"
    for number, content in objects.items():
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content if isinstance(content, bytes) else content.encode())
    return body + f"trailer << /Root 1 0 R {extra} >>\n%%EOF\n".encode()


def flate_bomb(megabytes, *, twice=False):
    """One page whose content is so many megabytes of spaces, packed; `twice` packs the packed again."""
    packer = zlib.compressobj(9)
    stream = b"".join(packer.compress(b" " * (1 << 20)) for _ in range(megabytes)) + packer.flush()
    filters = "/FlateDecode"
    if twice:
        stream, filters = zlib.compress(stream, 9), "[/FlateDecode /FlateDecode]"
    content = f"<< /Length {len(stream)} /Filter {filters} >>\nstream\n".encode() + stream + b"\nendstream"
    page = f"<< /Type /Page /Parent 2 0 R {BOX} /Contents 4 0 R >>"
    return of_objects({1: catalog(), 2: "<< /Type /Pages /Count 1 /Kids [3 0 R] >>", 3: page, 4: content})


def page_tree_loop():
    """A list of pages that holds itself."""
    return of_objects({1: catalog(), 2: "<< /Type /Pages /Count 1000 /Kids [2 0 R 2 0 R] /Parent 2 0 R >>"})


def deep_page_tree(depth):
    """Lists of pages in lists of pages, with one page at the bottom."""
    objects = {1: catalog()}
    for number in range(2, depth + 2):
        objects[number] = f"<< /Type /Pages /Count 1 /Kids [{number + 1} 0 R] /Parent {number - 1} 0 R >>"
    objects[depth + 2] = f"<< /Type /Page /Parent {depth + 1} 0 R {BOX} >>"
    return of_objects(objects)


def outline_loop():
    """An outline whose entry follows itself."""
    return pdf([lines("Sound words.")], outline=[("Aid", 0)]).replace(b"/Dest", b"/Next 9 0 R /First 9 0 R /Dest")


def lying_count(count):
    """One page, and a list of pages that says there are many."""
    return pdf([lines("Sound words.")]).replace(b"/Count 1 ", b"/Count %d " % count)


def self_drawing_form():
    """A form that draws itself twice."""
    form = (
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 12 "
        b"/Resources << /XObject << /X 4 0 R >> >> >>\nstream\n/X Do /X Do \nendstream"
    )
    page = f"<< /Type /Page /Parent 2 0 R {BOX} /Contents 5 0 R /Resources << /XObject << /X 4 0 R >> >> >>"
    content = "<< /Length 5 >>\nstream\n/X Do\nendstream"
    return of_objects({1: catalog(), 2: "<< /Type /Pages /Count 1 /Kids [3 0 R] >>", 3: page, 4: form, 5: content})


def deep_arrays(depth):
    """A catalog with arrays in arrays."""
    return of_objects({1: f"<< /Type /Catalog /Pages 2 0 R /X {'[' * depth}{']' * depth} >>", 2: "<< /Type /Pages >>"})


def many_pages(count):
    """Pages that each say their number."""
    return pdf([[(50, 700, 12, BODY, f"Page number {number} has its own words.")] for number in range(1, count + 1)])


def catalog():
    """The first object."""
    return "<< /Type /Catalog /Pages 2 0 R >>"
