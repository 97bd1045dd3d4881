"""An address as a QR code, when it can still be read from the back of a room."""

import io

import segno

MOST = 15
"""Version of the code (17 + 4 squares a side for each): beyond, its squares are too small on a projected slide."""
BORDER = 4


def made(text: str) -> segno.QRCode | None:
    """The code; None when it would be too fine."""
    try:
        code = segno.make_qr(text, error="m", boost_error=False)
    except segno.DataOverflowError:
        return None
    return code if int(code.version) <= MOST else None


def address(code: segno.QRCode) -> str:
    """As the source of an image of a page: black on white in the dark theme too."""
    return str(code.svg_data_uri(border=BORDER, dark="#000", light="#fff", omitsize=True))


def svg(code: segno.QRCode) -> str:
    """To be printed."""
    file = io.BytesIO()
    code.save(file, kind="svg", border=BORDER, dark="#000", light="#fff", scale=4)
    return file.getvalue().decode()


def png(code: segno.QRCode) -> bytes:
    file = io.BytesIO()
    code.save(file, kind="png", scale=12, border=BORDER)
    return file.getvalue()
