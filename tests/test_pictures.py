"""Pictures that tests save for students."""

import struct
import zlib

import numpy as np

from autograder.suite.pictures import Pictures, encode_png


def decode(content):
    """Grey pixels of a PNG without filters, each chunk's checksum compared."""
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, place = {}, 8
    while place < len(content):
        (size,) = struct.unpack_from(">I", content, place)
        kind, data = content[place + 4 : place + 8], content[place + 8 : place + 8 + size]
        assert struct.unpack_from(">I", content, place + 8 + size)[0] == zlib.crc32(kind + data)
        chunks[kind] = data
        place += 12 + size
    width, height = struct.unpack_from(">II", chunks[b"IHDR"])
    return np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, width + 1)[:, 1:]


def test_a_png_holds_the_pixels():
    """Line by line, from the top."""
    pixels = np.arange(6, dtype=np.uint8).reshape(2, 3) * 40
    assert decode(encode_png(pixels)).tolist() == pixels.tolist()


def test_images_stand_side_by_side(tmp_path):
    """Rows of images, each pixel four wide, a grey line between two; what is no number is black."""
    images = np.zeros((2, 3, 2, 2))
    images[0, 1] = 1.0
    images[1, 2] = np.nan
    pictures = Pictures(tmp_path / "pictures")
    pictures.save("sheet", images)
    sheet = decode((tmp_path / "pictures" / "sheet.png").read_bytes())[::4, ::4]
    assert sheet.shape == (6, 9)
    assert sheet[:2, 3:5].tolist() == [[255, 255], [255, 255]]
    assert sheet[0, :3].tolist() == [0, 0, 128]
    assert sheet[3:5, 6:8].max() == 0
    assert pictures.saved == [tmp_path / "pictures" / "sheet.png"]


def test_nobody_looks_in_grading():
    """Nothing is written."""
    pictures = Pictures(None)
    pictures.save("sheet", np.zeros((2, 2, 2)))
    assert pictures.saved == []
