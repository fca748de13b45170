"""``pipit bench --tune``: how many threads write, read and speak best on this board, found by trying."""
