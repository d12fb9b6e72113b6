"""Files as tables: text, CSV, numbers, dates and columns."""
