"""Text in and out: numbers, source code, pages, files and warnings."""
