"""Figures of a part of the book: by what accounts are, and by what they bought.

What a slice is stands in docs/decisions/0016-what-a-slice-is.md.
"""
