"""The journal as a person sees it: on the terminal, and as a page to be kept or printed."""
