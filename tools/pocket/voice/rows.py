"""The columns of a row: what the vocoder is told every 5 ms."""

LOG_F0 = 0  # natural logarithm of Hz
CEPSTRA = slice(1, 26)  # mel-cepstrum c0..c24; c0 is the loudness
LOUDNESS, TIMBRE = slice(1, 2), slice(2, 26)  # its parts
STRENGTHS = slice(26, 31)  # voicing of five bands, 0..1
ROW = 31
