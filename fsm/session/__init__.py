"""Sessions: runs of a flow. Their events, and the state that is a fold over them."""
