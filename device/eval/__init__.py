"""How often a flow gets labelled recordings right: ``pipit eval``."""
