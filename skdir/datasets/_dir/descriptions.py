"""What the `DESCR` of each benchmark says: source, licence, protocol, what to ask for by hand."""

# The paper's repository: files of one commit, which do not change.
COMMIT = (
    "https://raw.githubusercontent.com/YyzHarry/imbalanced-regression/"
    "a6fdc45d45c04e6f5c40f43925bc66e580911084"
)

_PAPER = """\
Split, bins and shots are those of Y. Yang, K. Zha, Y.-C. Chen, H. Wang, D. Katabi (2021), Delving
into Deep Imbalanced Regression, ICML, https://doi.org/10.48550/arXiv.2102.09554, with its
repository https://github.com/YyzHarry/imbalanced-regression (MIT licence), at the commit a6fdc45
of 2022-03-22. Addresses of downloads are taken from there.
"""

STS_B = f"""\
STS-B-DIR
=========
Pairs of sentences and how alike they are, from 0 to 5, as people judged.

Rows: 5,249 training, 1,000 validation, 1,000 test pairs.
Files: sts-b-dir/glue_data/STS-B/{{train,dev,test}}_new.tsv of the repository; their sha256 is
known.
Split: training and development pairs of the STS benchmark together, 20 bins of 0.25; of each bin
50 pairs for validation and 50 for test, drawn without a seed, so only these files are the split.
Bins: 50 of 0.1, edges and scores rounded to float32.
Shots: more than 100 training pairs in the bin are many, fewer than 30 few (lists of bins in the
repository; they equal this rule). 756, 170 and 74 test pairs.
Metrics of the paper: MSE, MAE, Pearson and Spearman correlation.
Licence: the repository's is MIT; that of the sentences is not stated there. They come from the STS
benchmark (https://doi.org/10.18653/v1/S17-2001) and its own sources.

{_PAPER}"""

AGEDB = f"""\
AgeDB-DIR
=========
Faces of people of note and their age.

Rows: 12,208 training, 2,140 validation, 2,140 test images.
By hand: the images are given out for research, on request, by the authors of AgeDB
(https://ibug.doc.ic.ac.uk/resources/agedb/). Unpack them with the password that you get, and pass
the folder as `images`. Only the list of names, ages and parts is downloaded:
agedb-dir/data/agedb.csv of the repository. Its checksum is not published: that of the first
download is kept and expected from then on.
Split: of each age a third of its images for validation and a third for test, 30 at the most, the
rest for training.
Bins: one per year, from 0 to 120.
Shots: more than 100 training images of an age are many, fewer than 20 few. 1,530, 448 and 162 test
images.
Metrics of the paper: MAE and geometric mean of absolute errors.
Licence: the images are for non-commercial research only, by the terms of their authors; the list is
under the repository's MIT licence.
S. Moschoglou et al. (2017), AgeDB: the first manually collected, in-the-wild age database,
https://doi.org/10.1109/CVPRW.2017.250.

{_PAPER}"""

IMDB_WIKI = f"""\
IMDB-WIKI-DIR
=============
Faces from IMDb and Wikipedia and the age that date of birth and year of the photograph give.

Rows: 191,509 training, 11,022 validation, 11,022 test images.
Files: imdb-wiki-dir/data/imdb_wiki.csv of the repository (names, ages and parts); with
download_images=True also imdb_crop.tar (about 7 GB) and wiki_crop.tar (about 1 GB) from
https://data.vision.ee.ethz.ch/cvl/rrothe/imdb-wiki/static/. Checksums are not published: those of
the first download are kept and expected from then on.
Split: images with one face only and a score of at least 1; of each age from 0 to 120 a third of its
images for validation and a third for test, 150 at the most, the rest for training.
Bins: one per year. Training ages go up to 186 (wrong dates), test ages to 120; the paper's weights
count ages above 120 as 120.
Shots: more than 100 training images of an age are many, fewer than 20 few.
Metrics of the paper: MAE and geometric mean of absolute errors.
Licence: the images are for academic research only, by the terms of their authors; the list is under
the repository's MIT licence.
R. Rothe, R. Timofte, L. Van Gool (2018), Deep expectation of real and apparent age from a single
image without facial landmarks, https://doi.org/10.1007/s11263-016-0940-3.

{_PAPER}"""

NYUD2 = f"""\
NYUD2-DIR
=========
Indoor images and their depth in metres at each pixel.

Rows: 50,688 training and 654 test images; no validation images.
Files: data.zip (several GB), which the repository downloads from
https://drive.google.com/uc?id=1WoOZOBpOWfmwe7bknWS5PMUCLBPFKTOw; Google Drive may answer with a
page that asks for confirmation: then download it in a browser and put it where the error says.
From nyud2-dir/data of the repository: test_balanced_mask.npy (which test pixels count) and
nyu2_train_FDS_subset.csv (600 training images for the statistics of FDS). Checksums are not
published: those of the first download are kept and expected from then on.
Split: that of the files; test pixels are drawn so that all bins that have any have the same number.
Images are scaled to a shorter edge of 240 and cut to 304 x 228 pixels.
Bins: 100 of 0.1 m, from 0 to 10 m, by depth times 10 in float32; test depths begin at 0.7 m.
Shots: bins with more than 2.6e7 training pixels are many, with fewer than 1e7 few.
Metrics of the paper: RMSE and the share of ratios below 1.25 (and others), over pixels.
Licence: the authors of NYU Depth V2 state none; the lists are under the repository's MIT licence.
N. Silberman, D. Hoiem, P. Kohli, R. Fergus (2012), Indoor segmentation and support inference from
RGBD images, https://doi.org/10.1007/978-3-642-33715-4_54.

{_PAPER}"""

SHHS = """\
SHHS-DIR
========
Polysomnography of one night and a score of general health from 0 to 100.

By hand: the Sleep Heart Health Study is given out by the National Sleep Research Resource
(https://sleepdata.org/datasets/shhs) to those who sign its agreement. Pass the path to your table
of its first visit, and the folder with its recordings.
Split: the paper's is not published. This one is made by the rule of its other benchmarks: of each
whole score a third of its subjects for validation and a third for test, at the most
`max_per_score`, the rest for training. Errors cannot be compared with the paper's number by number.
Bins: one per whole score, from 0 to 100.
Shots: more than 100 training subjects in the bin are many, fewer than 20 few.
Metrics of the paper: MAE and geometric mean of absolute errors.
Licence: the data may only be used as the agreement says, and not be passed on.
S. F. Quan et al. (1997), The Sleep Heart Health Study: design, rationale, and methods, Sleep 20,
https://doi.org/10.1093/sleep/20.12.1077; Y. Yang, K. Zha, Y.-C. Chen, H. Wang, D. Katabi (2021),
Delving into Deep Imbalanced Regression, ICML, https://doi.org/10.48550/arXiv.2102.09554.
"""
