"""Why two articles are linked or not: the evidence of a pair, its parts, the words of both texts.

Nothing is imported here: `linker.shared_terms` uses `passages`, and `explanation` uses it.
"""
