"""Files of data sets: downloads, archives, images and paths."""
