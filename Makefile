# Two commands: `make run` and `make test`. Everything else is for people who work on Pipit.

PYTHON ?= $(firstword $(foreach p,python3 python3.13 python3.12 python3.11,$(shell $(p) -c \
	'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $(p))) python3)
BIN := .venv/bin

.PHONY: run test check setup lock pictures pocket-eval clean

run: setup  ## Set up what is missing, then talk (or replay the shipped conversation)
	@$(BIN)/pipit run --out out/demo

test:  ## Every test that needs no special hardware
	@$(PYTHON) tools/setup.py --tests
	@$(BIN)/pytest

check: setup  ## Lint, types, import layers, pictures and weights that match their lists
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python tools/pictures.py --check
	@$(BIN)/python tools/wiring.py --check
	@$(BIN)/python tools/pocket/manifest.py --check

setup:
	@$(PYTHON) tools/setup.py

lock: setup  ## Pin every dependency anew (needs uv)
	@uv pip compile pyproject.toml --extra tests --extra check --extra build --universal --python-version 3.11 \
		--generate-hashes --no-header --no-emit-index-url --quiet -o requirements.lock
	@$(BIN)/python tools/boards/wheels.py

pictures: run  ## Draw the pictures of the README anew
	@$(BIN)/python tools/pictures.py --timeline out/demo/timeline.svg

# people's recordings: the recogniser is measured on them where they are there
RECORDINGS ?= $(wildcard ../shared/recordings)
POCKET := models/pocket
EVAL := PYTHONPATH=out/pocket-eval $(BIN)/python tools/pocket

pocket-eval:  ## Take the figures of the pocket set's cards again (a quarter of an hour)
	@$(PYTHON) tools/setup.py --figures
	@$(BIN)/pip install --quiet --no-deps --upgrade --target out/pocket-eval -r tools/pocket/requirements-eval.txt
	$(EVAL)/voice/evaluate.py $(POCKET)/voice/pocket.onnx --flite rms,slt
	$(EVAL)/model/evaluate.py $(POCKET)/model/pocket.gguf --turns 500 --sums 100
	$(EVAL)/model/together.py $(POCKET)/model/pocket.gguf --turns 500
	$(EVAL)/recogniser/evaluate.py --model $(POCKET)/recogniser $(addprefix --human ,$(RECORDINGS))
ifneq ($(wildcard $(RECORDINGS)/barista),)
	$(BIN)/pipit eval barista $(RECORDINGS)/barista/label.json $(RECORDINGS)/barista \
		--noise $(RECORDINGS)/barista/kitchen_noise.wav --snr 24,12,6
endif

clean:
	@rm -rf .venv out build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
