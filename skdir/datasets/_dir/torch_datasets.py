"""Torch datasets that read a file where an item is asked for.

The functions that make them import this module, since skdir.datasets works without torch.
"""

import operator

import numpy as np
import torch
from PIL import Image
from torch.utils.data import Dataset

from skdir.datasets._files.images import read_crop, read_depth, read_rgb


class ImageTargets(Dataset):
    """Images in files with a number each; see ImagePart.make_dataset."""

    def __init__(self, paths, targets, size, transform):
        self.paths, self.targets = paths, targets
        self.size, self.transform = size, transform

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        index = _position(index, len(self))
        image = read_rgb(self.paths[index])
        if self.size is not None:
            image = image.resize((self.size, self.size), Image.Resampling.BILINEAR)
        target = torch.tensor(self.targets[index], dtype=torch.float32)
        if self.transform is not None:
            return self.transform(image), target
        return _image_tensor(image) * 2 - 1, target


class DepthMaps(Dataset):
    """Images and depth maps in files; see DepthPart.make_dataset."""

    def __init__(self, images, depths, mask, transform):
        self.images, self.depths, self.mask = images, depths, mask
        self.transform = transform

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        index = _position(index, len(self))
        image = _image_tensor(read_crop(self.images[index]))
        depth = torch.from_numpy(read_depth(self.depths[index]))[None]
        if self.mask is not None:
            counts = torch.from_numpy(np.array(self.mask[index], dtype=bool))[None]
            depth = torch.where(counts, depth, torch.nan)
        return (image, depth) if self.transform is None else self.transform(image, depth)


def _position(index, length):
    """Return the number of an item; negative ones count from the end."""
    try:
        index = operator.index(index)
    except TypeError:
        got = type(index).__name__
        raise TypeError(f"The index of an item must be one integer. Got {got}.") from None
    if not -length <= index < length:
        # what ends a loop over the items, too
        raise IndexError(f"The index of an item must be below {length}. Got {index}.")
    return index % length


def _image_tensor(image):
    """Return an RGB image as a tensor of shape (3, height, width), from 0 to 1."""
    array = np.asarray(image, dtype=np.float32) / 255
    return torch.from_numpy(np.ascontiguousarray(array.transpose(2, 0, 1)))
