"""What the page of the fifteen tables says in words."""

PROTOCOL = """
- **Folds**: two repeats of ten, `BinnedStratifiedKFold(10, bins="quantile", shuffle=True)` with
  seeds 0 and 1, the same for all strategies and learners. All rows are kept, also those that are
  there twice, as in the papers: of availPwr two thirds are, so that its test rows are often among
  the training rows. Of tables with more than 2,000 rows 2,000 are drawn at random (seed 0).
- **Metrics** per fold, then the mean over the 20 folds. Relevance is that of the box plot of the
  whole target, all rows of the file, on the sides that have outliers; F1 is
  `relevance_precision_recall_fscore` (utility, threshold 0.8, beta 1; 0 where no prediction is
  relevant), SERA `squared_error_relevance_area`. As in the papers, this yardstick alone has seen
  the test targets. Weights, samplers (with a relevance of their own), transformations and scaling
  are fitted to the training rows of the fold.
- **Strategies** are those of `compare_strategies` by name: samplers with "balance" and threshold
  0.8 (WERCS: half of the rows added, half removed), no parameter tuned. Every random state is 0.
- **Learners**, each one variant near the grids of the SMOGN paper, not tuned:
  `RandomForestRegressor(50, max_features=1/3, min_samples_split=6)` (R's defaults, fewer trees),
  `SVR(C=10, gamma=0.01)`, `MLPRegressor((5,), activation="logistic", solver="lbfgs", alpha=0.01,
  max_iter=100)`; numbers are standardised and text is one-hot encoded, and for the last two the
  target is standardised. MARS, the paper's fourth, is in no package that is used here.
- Branco, Torgo, Ribeiro (2017), SMOGN, PMLR 74, 36-50; Branco, Torgo, Ribeiro (2019), WERCS,
  doi:10.1016/j.neucom.2018.11.100; Avelino, Cavalcanti, Cruz (2024), arXiv:2507.11902; Demsar
  (2006), Journal of Machine Learning Research 7, 1-30.
"""

VERDICT = """
## What the numbers say

Written on the run of 2026-11-24; the tables below have the figures.

- **The shares of the SMOGN paper come out again, but for one.** By F1 SMOGN wins 77.8 % of the
  comparisons with VANILLA (paper: 77.5), SMOTER 77.8 (76.1), GN 73.3 (72.5), and ROS 80.0 (WERCS
  paper: 80.2), with standard errors of 7 to 9 points. RUS wins 44.4 % and not 68.8: with the forest
  and the support vectors it does as in the paper, with the network it mostly loses. What agrees are
  the totals: here samplers gain more with the forest and less with the network than there. Perhaps
  the network needs less help because its features and target are standardised; that was not
  measured.
- **Weights win more often than samplers, and cost less.** By F1 LDS wins 93 % and BLEND 96 %. BLEND
  takes 15 % off SERA (median) and SMOGN 16 %, but BLEND has 2 % less RMSE and 1 % more MAE than
  VANILLA, SMOGN 15 and 25 % more; LDS takes off 16 % for 3 and 6 %.
- **WERCS has the best mean rank** by F1 and SERA, and takes most off SERA, 22 %, for 11 % more RMSE
  and 18 % more MAE. Of the strategies that make rows, GN, SMOTER and SMOGN do not differ. RUS costs
  most, 39 and 70 %. LOG has the lowest MAE, with VANILLA and BLEND close behind, and the worst mean
  ranks by F1 and SERA: rare targets are the high ones on most of these tables.
- **On a1 to a7 F1 gains .13 to .19, on the other nine tables at most .014** (all but LOG). Most of
  the first comes from support vectors, which without help hardly ever predict a relevant value on
  these small and noisy tables; part of the published gain in F1 may be of that kind. SERA falls on
  the other tables, too, by 7 to 22 %, but rises by 17 % with RUS.
- **Eight strategies cannot be told apart**: by Nemenyi's test, neither by F1 nor by SERA, do
  WERCS, LDS, SMOTER, SMOGN, DENSE, ROS, BLEND and GN differ from each other. Most of them differ
  from VANILLA. With the network alone none does.
- **Beside Avelino et al.**, with the same three learners, the mean F1 rank of SMOTER, WERCS, GN and
  SMOGN is better than there, that of ROS and RUS worse; by SERA SMOTER, WERCS and SMOGN are better,
  ROS, GN and RUS worse. On RMSE and MAE VANILLA is first here as there.
"""
