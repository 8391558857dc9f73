"""Trains Impasto's style transfer networks in PyTorch. `scripts/train_style.py` is the command line."""
