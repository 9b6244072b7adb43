"""Pictures and pages: a pathway, or its figures, as SVG, HTML or text. They read no files and know no commands."""
