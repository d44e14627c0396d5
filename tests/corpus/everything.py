"""The whole corpus, family by family."""

from __future__ import annotations

from pathlib import Path

from tests.corpus import (
    configs,
    containers,
    gadgets,
    ggufs,
    hdf5s,
    joblibs,
    kerases,
    numpys,
    onnxes,
    pickles,
    polyglots,
    programs,
    safetensors_files,
    savedmodels,
    sources,
    templates,
    torches,
)
from tests.corpus.sample import Sample

EVERYTHING: tuple[Sample, ...] = (
    *pickles.SAMPLES,
    *gadgets.SAMPLES,
    *joblibs.SAMPLES,
    *torches.SAMPLES,
    *numpys.SAMPLES,
    *kerases.SAMPLES,
    *hdf5s.SAMPLES,
    *onnxes.SAMPLES,
    *savedmodels.SAMPLES,
    *safetensors_files.SAMPLES,
    *ggufs.SAMPLES,
    *templates.SAMPLES,
    *configs.SAMPLES,
    *sources.SAMPLES,
    *programs.SAMPLES,
    *containers.SAMPLES,
    *polyglots.SAMPLES,
)


def write(sample: Sample, folder: Path) -> Path:
    """Write a sample's files below a new folder, and say where its own file is."""
    for name, data in {**sample.beside, sample.file: sample.make()}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder / sample.file
