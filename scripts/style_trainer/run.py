"""Runs a training with checkpoints, previews and a wall-clock limit."""

import pathlib
import time

CHECKPOINT = "checkpoint.pt"


def run(training, work, limit_seconds=float("inf"), preview_seconds=300, say=print):
    """Trains until `training` is done or the limit is reached; returns whether it is done.

    Each minute the checkpoint in `work` is replaced. Where one is found at the start, the training goes on from it.
    """
    work = pathlib.Path(work)
    work.mkdir(parents=True, exist_ok=True)
    checkpoint = work / CHECKPOINT
    if checkpoint.exists():
        training.resume(checkpoint)
        say(f"goes on after {training.steps} steps")
    started = saved = time.monotonic()
    previewed = training.seconds
    while training.done() < 1 and time.monotonic() - started < limit_seconds:
        training.step()
        is_done = training.done() >= 1
        if time.monotonic() - saved > 60 or is_done:
            saved = time.monotonic()
            say(training.summary())
            training.save(checkpoint)
            if training.seconds - previewed > preview_seconds or is_done:
                previewed = training.seconds
                training.preview(work / f"preview-{training.steps:06}.png")
    training.save(checkpoint)
    return training.done() >= 1
