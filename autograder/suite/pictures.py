"""Pictures that a test saves in a self-check, for the student to look at."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np

_GAP = 1  # pixels between two images
_SCALE = 4  # pixels of the file for one of an image


class Pictures:
    """The fixture `pictures` of a test.

    Args:
        folder: where to; None where nobody would look, as in grading.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.saved: list[Path] = []

    def save(self, name: str, images: Any) -> None:
        """Save grey images as one PNG.

        Args:
            name: of the file, without its ending.
            images: shape (rows, columns, H, W) or (N, H, W); 0 is black, 1 is white.
        """
        if self.folder is None:
            return
        pixels = np.nan_to_num(np.clip(np.asarray(images, dtype=np.float64), 0, 1))
        grid = pixels if pixels.ndim == 4 else pixels[np.newaxis]
        padded = np.pad(grid, ((0, 0), (0, 0), (0, _GAP), (0, _GAP)), constant_values=0.5)
        rows, columns, height, width = padded.shape
        sheet = padded.transpose(0, 2, 1, 3).reshape(rows * height, columns * width)
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{name}.png"
        path.write_bytes(encode_png(np.round(sheet * 255).astype(np.uint8).repeat(_SCALE, 0).repeat(_SCALE, 1)))
        self.saved.append(path)


def encode_png(grey: np.ndarray[Any, np.dtype[np.uint8]]) -> bytes:
    """Grey pixels, shape (H, W), as a PNG file (ISO/IEC 15948, colour type 0)."""
    height, width = grey.shape
    lines = np.pad(grey, ((0, 0), (1, 0))).tobytes()  # each line begins with its filter, none

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")
