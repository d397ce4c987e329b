"""Why two articles are linked or not: the evidence of a pair, its parts, the words of both texts.

Nothing is imported here, as most commands explain nothing.
"""
