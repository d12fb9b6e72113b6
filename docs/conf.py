"""Sphinx configuration of skdir's documentation; it builds without a network."""

import importlib
import os
import re
import warnings
from pathlib import Path

# One thread for the gallery: on few or busy cores the threads of gradient boosting wait for each
# other longer than they work. Set before anything loads OpenMP.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from sphinx_gallery.sorting import ExplicitOrder

import skdir

# -- Project --------------------------------------------------------------------------------------
project = "skdir"
author = "The skdir developers"
copyright = "2026, The skdir developers"
version = release = skdir.__version__

# -- Build ----------------------------------------------------------------------------------------
extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.extlinks",
    "sphinx.ext.mathjax",
    "numpydoc",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build", "_templates", "examples", "images", "**.ipynb"]
templates_path = ["_templates"]
default_role = "literal"  # as docstrings use single backquotes: names of parameters
# Docstrings say `:doi:`; the address is only a link, nothing is fetched.
extlinks = {"doi": ("https://doi.org/%s", "doi:%s")}

autosummary_generate = True
autodoc_typehints = "none"
# Methods are listed by the class template; numpydoc would want a page for each.
numpydoc_show_class_members = False

sphinx_gallery_conf = {
    "examples_dirs": "examples",
    "gallery_dirs": "gallery",
    "filename_pattern": r"plot_",
    # In the order in which a newcomer reads them; one that is not listed comes last.
    "within_subsection_order": ExplicitOrder(
        [
            "plot_first_steps.py",
            "plot_when_not_to_reweight.py",
            "plot_bandwidth_search.py",
            "plot_smogn_pipeline.py",
            "plot_lds_weights.py",
            "plot_relevance.py",
            "plot_resampling.py",
            "plot_displays.py",
            "plot_randhie_limits.py",
            "plot_deep_fds.py",
            "plot_images.py",
            "plot_text_pairs.py",
            "plot_own_encoder.py",
            "plot_training_loop.py",
            "plot_age_study.py",
            "*",
        ]
    ),
    "image_scrapers": ("matplotlib",),
    "matplotlib_animations": False,
    "show_memory": False,
    "show_signature": False,
    "download_all_examples": False,
    "remove_config_comments": True,
}

# -- HTML -----------------------------------------------------------------------------------------
html_theme = "pydata_sphinx_theme"
html_title = f"skdir {version}"
html_show_sourcelink = False
html_theme_options = {
    "show_prev_next": True,
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": ["theme-version"],
}

# Examples must run without warnings of skdir's; those of other libraries about their own future
# do not belong on a page.
warnings.filterwarnings("ignore", category=DeprecationWarning, module="statsmodels")

PACKAGES = (
    "cli",
    "comparison",
    "datasets",
    "density",
    "ensemble",
    "inspection",
    "metrics",
    "model_selection",
    "neural_network",
    "relevance",
    "resampling",
    "utils",
    "utils.estimator_checks",
    "weighting",
)


def skip_foreign(app, what, name, obj, skip, options):
    """Leave out the members that come from scikit-learn: its documentation describes them."""
    if name.endswith("_request") or name == "get_metadata_routing":
        return True
    module = getattr(obj, "__module__", None)
    return True if callable(obj) and module and not module.startswith("skdir") else None


def mend_types(app, what, name, obj, options, lines):
    """Make the types of parameters valid markup.

    Raw docstrings keep the backslash of a type that goes on in the next line, and a shape such as
    (n_features_in_,) would be read as a link.
    """
    for i in range(len(lines) - 2, -1, -1):
        if lines[i].endswith("\\"):
            lines[i : i + 2] = [lines[i][:-1].rstrip() + " " + lines[i + 1].lstrip()]
    for i, line in enumerate(lines):
        if re.match(r"\w+ : ", line):
            lines[i] = re.sub(r"_(?=[,)])", r"\\_", line)


def check_api_page(app, env):
    """Warn (an error in the build of the repository) where the API page and `__all__` differ."""
    from sphinx.util import logging

    text = (Path(app.srcdir) / "api" / "index.rst").read_text(encoding="utf-8")
    for package in PACKAGES:
        public = {
            name
            for name in importlib.import_module(f"skdir.{package}").__all__
            if not name.startswith("_")
        }
        listed = set(re.findall(rf"^   {package}\.(\w+)$", text, flags=re.M))
        for name in sorted(public ^ listed):
            problem = "is not on the API page" if name in public else "is listed but not public"
            logging.getLogger(__name__).warning("skdir.%s.%s %s", package, name, problem)


def setup(app):
    """Connect the hooks."""
    app.connect("autodoc-skip-member", skip_foreign)
    app.connect("autodoc-process-docstring", mend_types, priority=400)  # before numpydoc
    app.connect("env-updated", lambda app, env: check_api_page(app, env))
