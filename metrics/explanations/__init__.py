"""Why a figure is what it is: its formula with the numbers in it, and the rows that add up to each of them.

What an explanation promises stands in docs/decisions/0021-every-figure-explains-itself.md.
"""
