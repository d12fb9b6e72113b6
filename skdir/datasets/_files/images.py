"""Images and depth maps in files: JPEG and PNG of a bounded size, and nothing else."""

import os

import numpy as np

from skdir.utils._text.safe import printable

# An image of a data set has less than 1 million pixels; decoded ones take 4 bytes each.
_MAX_PIXELS = 2**26
# The paper's depth maps: the shorter edge is scaled, then the middle is cut out.
_SHORT_EDGE, _CROP = 240, (304, 228)


class _Fault(Exception):
    """A reason why an image cannot be used."""


def read_rgb(path):
    """Return an image as RGB with 8 bits per channel."""
    return _read(path, _rgb)


def read_crop(path):
    """Return the middle of an RGB image, as the paper cuts it out."""
    from PIL import Image

    return _read(path, lambda file: crop(_roomy(_rgb(file)), Image.Resampling.BILINEAR))


def read_depth(path):
    """Return a depth map in metres, float32 of shape (228, 304).

    Maps of 8 bits hold 255ths of 10 m (the training images), those of 16 bits millimetres.
    """
    values = _read(path, _depth, ("PNG",))  # JPEG is lossy
    if values.dtype == np.uint8:
        return values.astype(np.float32) / np.float32(255) * np.float32(10)
    return values.astype(np.float32) / np.float32(1000)


def _read(path, use, formats=("JPEG", "PNG")):
    """Return what a function makes of an open image, or raise one kind of error."""
    from PIL import Image

    try:
        # Other formats start other programs (EPS) or have rarely been looked through.
        with Image.open(path, formats=formats) as file:
            if file.width * file.height > _MAX_PIXELS:
                raise _Fault(f"it has {file.width} x {file.height} pixels")
            if file.format == "PNG" and getattr(file, "is_animated", False):
                raise _Fault("it is a film")
            return use(file)
    except Exception as error:  # decoders raise errors of all kinds for what is damaged
        if isinstance(error, FileNotFoundError):
            where = "pass the folder of the images as 'images', and do not move them afterwards"
            message = f"{error.strerror}; {where}"
            raise FileNotFoundError(error.errno, message, os.fspath(path)) from error
        if isinstance(error, OSError) and error.errno is not None:
            raise  # it may not be read; the message has its name
        wanted = f"a {' or '.join(formats)} file of at most {_MAX_PIXELS} pixels"
        raise ValueError(
            f"The image {printable(path)} must be {wanted}. It cannot be used: {printable(error)}."
        ) from error


def _rgb(file):
    """Return an image as RGB."""
    from PIL import Image

    if file.mode.startswith("I"):  # 16 bits per pixel, whose upper 8 are what there is in RGB
        values = np.asarray(file).astype(np.int64) >> 8
        file = Image.fromarray(values.astype(np.uint8))
    if file.has_transparency_data:
        file = file.convert("RGBA")
        if file.getextrema()[3][0] < 255:
            raise _Fault("it has transparent pixels, which have no color")
    return file.convert("RGB")


def _depth(file):
    """Return the values of the middle of a depth map."""
    from PIL import Image

    if file.mode != "L" and not file.mode.startswith("I"):
        raise _Fault(f"depths are gray values of 8 or 16 bits, not of mode {file.mode}")
    return np.asarray(crop(_roomy(file), Image.Resampling.NEAREST))


def _roomy(image):
    """Return an image if what is cut out of it lies inside of it."""
    width, height = _scaled(image.size)
    if width < _CROP[0] or height < _CROP[1] or width * height > _MAX_PIXELS:
        raise _Fault(f"its shape is not that of an image of a room: {image.width} x {image.height}")
    return image


def crop(image, resampling):
    """Scale an image or depth map and cut out its middle, as the paper does."""
    image = image.resize(_scaled(image.size), resampling)
    left, top = (round((have - want) / 2) for have, want in zip(image.size, _CROP))
    return image.crop((left, top, left + _CROP[0], top + _CROP[1]))


def _scaled(size):
    """Return width and height after the shorter edge has been scaled."""
    return tuple(edge * _SHORT_EDGE // min(size) for edge in size)
