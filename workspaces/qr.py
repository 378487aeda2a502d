"""QR codes: a link as a picture that a phone reads from the screen."""

import io

import qrcode
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from qrcode.image.svg import SvgPathImage


def qr_svg(text: str, *, label: str) -> SafeString:
    """`text` as an <svg> of black squares on nothing: it wants something light behind it. `label` is for those who hear
    the page.
    """
    file = io.BytesIO()
    qrcode.make(text, image_factory=SvgPathImage, border=2).save(file)
    drawn = file.getvalue().decode()
    # Squares only: what the text says cannot become markup.
    squares = mark_safe(drawn[drawn.index("<path") : drawn.index("</svg>")])  # noqa: S308
    size = drawn.split('viewBox="0 0 ', 1)[1].split()[0]
    return format_html(
        '<svg class="qr" role="img" aria-label="{}" viewBox="0 0 {} {}">{}</svg>', label, size, size, squares
    )
