"""Torch datasets that read a file where an item is asked for.

The classes are made on first use, since skdir.datasets works without torch; they are attributes of
this module all the same, so that they can be pickled.
"""

import numpy as np

# The paper's depth maps: the shorter edge is scaled, then the middle is cut out.
_SHORT_EDGE, _CROP = 240, (304, 228)

_KINDS = ("DepthMaps", "ImageTargets")


def __getattr__(name):
    if name not in _KINDS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    _define()
    return globals()[name]


def _define():
    """Define the classes."""
    import torch

    class ImageTargets(torch.utils.data.Dataset):
        """Images in files with a number each; see ImagePart.make_dataset."""

        def __init__(self, paths, targets, size, transform):
            self.paths, self.targets = paths, targets
            self.size, self.transform = size, transform

        def __len__(self):
            return len(self.paths)

        def __getitem__(self, index):
            from PIL import Image

            with Image.open(self.paths[index]) as file:
                image = file.convert("RGB")
            if self.size is not None:
                image = image.resize((self.size, self.size), Image.Resampling.BILINEAR)
            target = torch.tensor(self.targets[index], dtype=torch.float32)
            if self.transform is not None:
                return self.transform(image), target
            return _image_tensor(torch, image) * 2 - 1, target

    class DepthMaps(torch.utils.data.Dataset):
        """Images and depth maps in files; see DepthPart.make_dataset."""

        def __init__(self, images, depths, mask, transform):
            self.images, self.depths, self.mask = images, depths, mask
            self.transform = transform

        def __len__(self):
            return len(self.images)

        def __getitem__(self, index):
            from PIL import Image

            with Image.open(self.images[index]) as file:
                image = crop(file.convert("RGB"), Image.Resampling.BILINEAR)
            image = _image_tensor(torch, image)
            depth = torch.from_numpy(read_depth(self.depths[index]))[None]
            if self.mask is not None:
                counts = torch.from_numpy(np.array(self.mask[index], dtype=bool))[None]
                depth = torch.where(counts, depth, torch.nan)
            return (image, depth) if self.transform is None else self.transform(image, depth)

    for kind in (ImageTargets, DepthMaps):
        kind.__module__, kind.__qualname__ = __name__, kind.__name__
        globals()[kind.__name__] = kind


def _image_tensor(torch, image):
    """Return an RGB image as a tensor of shape (3, height, width), from 0 to 1."""
    array = np.asarray(image, dtype=np.float32) / 255
    return torch.from_numpy(np.ascontiguousarray(array.transpose(2, 0, 1)))


def crop(image, resampling):
    """Scale an image or depth map and cut out its middle, as the paper does."""
    width, height = image.size
    short = min(width, height)
    image = image.resize((width * _SHORT_EDGE // short, height * _SHORT_EDGE // short), resampling)
    left, top = (round((have - want) / 2) for have, want in zip(image.size, _CROP))
    return image.crop((left, top, left + _CROP[0], top + _CROP[1]))


def read_depth(path):
    """Return a depth map in metres, float32 of shape (228, 304).

    Maps of 8 bits hold 255ths of 10 m (the training images), those of 16 bits millimetres.
    """
    from PIL import Image

    with Image.open(path) as file:
        values = np.asarray(crop(file, Image.Resampling.NEAREST))
    if values.dtype == np.uint8:
        return values.astype(np.float32) / np.float32(255) * np.float32(10)
    return values.astype(np.float32) / np.float32(1000)
