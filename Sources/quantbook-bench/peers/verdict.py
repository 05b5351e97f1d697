"""How a figure is set beside what is aimed at."""


def at_least(value, aim, form=".2f"):
    """Three cells: the figure, the aim, and whether it is reached."""
    return f"{value:{form}} | ≥ {aim:{form}} | {said(value >= aim)}"


def at_most(value, aim, form=".2f"):
    return f"{value:{form}} | ≤ {aim:{form}} | {said(value <= aim)}"


def said(holds):
    return "pass" if holds else "**short**"
