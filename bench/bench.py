"""How fast limen is, beside spaCy's own tokenizer on the same text.

    python bench/bench.py [FOLDER] [--screening]

FOLDER holds plain texts of eligibility criteria (*.txt, subfolders too); without it ../shared/corpora where that is there,
else the package's samples, many times over.  Figures are wall-clock, megabytes are 10**6 bytes.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

LIMEN = [sys.executable, "-m", "limen"]
COPIES = 400
STARTS = 5
WHOLE = 200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--screening", action="store_true", help="also screen made-up patients against made-up trials")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        files = texts(options.folder, Path(scratch))
        size = sum(file.stat().st_size for file in files)
        print(f"{len(files)} texts, {size / 1e6:.2f} MB; {cores()} cores, Python {sys.version.split()[0]}")
        started()
        ratio = one_process(files, size)
        all_cores(files, size, ratio)
    if options.screening:
        subprocess.run([sys.executable, "-m", "limen.screening.bench", "10000", "20"], check=True)


def texts(folder: Path | None, scratch: Path) -> list[Path]:
    """The texts to read: those of a folder, or the samples with a number in every line, so that no line is read once only."""
    shared = Path(__file__).resolve().parents[2] / "shared" / "corpora"
    folder = folder or (shared if shared.is_dir() else None)
    if folder is not None:
        return sorted(folder.rglob("*.txt"))
    samples = Path(__file__).resolve().parents[1] / "src" / "limen" / "samples"
    sources = [path.read_text(encoding="utf-8") for path in sorted(samples.glob("*.txt"))]
    for copy in range(COPIES):
        for number, text in enumerate(sources):
            (scratch / f"{copy}-{number}.txt").write_text(text.replace("\n", f" ({copy})\n"), encoding="utf-8")
    print("(the package's samples, numbered: their lines are alike, real corpora differ more)")
    return sorted(scratch.glob("*.txt"))


def cores() -> int:
    from limen.stream import cores as usable

    return usable()


def started() -> None:
    """Start-up, the best of several: the help, and one trial from a cold start."""
    record = Path(__file__).resolve().parents[1] / "src" / "limen" / "samples" / "umin.txt"
    for name, arguments in (("limen --help", ["--help"]), ("limen structure, one record, cold", ["structure", str(record)])):
        seconds = min(timed([*LIMEN, *arguments]) for _ in range(STARTS if name.endswith("help") else 2))
        print(f"{name:40} {seconds:8.2f} s")


def timed(command: list[str]) -> float:
    start = perf_counter()
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return perf_counter() - start


def one_process(files: list[Path], size: int) -> float:
    """`limen thresholds` and the tokenizer in this process, start-up left out; gives the tokenizer's MB/s."""
    from limen.criteria import Trial
    from limen.exports import THRESHOLDS
    from limen.stream import stream, warm

    def counted(trial: Trial) -> tuple[int, int]:
        text = THRESHOLDS["jsonl"].text(trial)
        return sum(criterion.role != "registry" for criterion in trial.criteria), text.count("\n")

    warm()
    before = peak(resource.RUSAGE_SELF)
    start = perf_counter()
    unread: list[Exception] = []
    counts = list(stream(files, counted, limits_only=True, jobs=1, on_error=unread.append))
    seconds = perf_counter() - start
    criteria, limits = (sum(column) for column in zip(*counts, strict=True))
    after = peak(resource.RUSAGE_SELF)
    yardstick = tokenized(files) / 1e6
    speed = size / seconds / 1e6
    print(f"{'limen thresholds, one process':40} {speed:8.3f} MB/s  {criteria / seconds:8.0f} criteria/s  {limits / seconds:6.0f} limits/s")
    if unread:
        print(f"  {len(unread)} texts could not be read, first: {unread[0]}")
    print(f"{'  peak memory (of it loaded at start)':40} {after:8.0f} MB    ({before:.0f} MB)")
    print(f"{'spaCy blank English tokenizer':40} {yardstick:8.3f} MB/s")
    print(f"{'  thresholds / tokenizer':40} {speed / yardstick:8.2f}")
    whole(files)
    return yardstick


def tokenized(files: list[Path]) -> float:
    """Bytes a second of `spacy.blank("en")`'s tokenizer."""
    import spacy

    tokenizer = spacy.blank("en").tokenizer
    contents = [file.read_text(encoding="utf-8", errors="replace") for file in files]
    tokenizer("A text to begin with.")
    start = perf_counter()
    for content in contents:
        tokenizer(content)
    return sum(file.stat().st_size for file in files) / (perf_counter() - start)


def whole(files: list[Path]) -> None:
    """`limen structure`: every criterion, with its tree and its findings."""
    from limen.exports import STRUCTURE
    from limen.stream import stream

    some = files[:: max(1, len(files) // WHOLE)]
    start = perf_counter()
    written = sum(1 for _ in stream(some, STRUCTURE["jsonl"].text, jobs=1, on_error=lambda _: None))
    print(f"{'limen structure, per trial':40} {(perf_counter() - start) / max(written, 1) * 1e3:8.1f} ms")


def all_cores(files: list[Path], size: int, yardstick: float) -> None:
    """The command itself on all cores, start-up and forking included and left out."""
    with tempfile.TemporaryDirectory() as folder:
        single = Path(folder) / "one.txt"
        single.write_text("Inclusion Criteria:\n- Age >= 18 years\n", encoding="utf-8")
        start_up = min(timed([*LIMEN, "thresholds", str(single)]) for _ in range(2))
        seconds = timed([*LIMEN, "thresholds", *map(str, files)])
    speed = size / max(seconds - start_up, 1e-6) / 1e6
    print(f"{'limen thresholds, all cores':40} {speed:8.3f} MB/s  ({seconds:.1f} s, {start_up:.1f} s of them start-up)")
    print(f"{'  thresholds / tokenizer on one core':40} {speed / yardstick:8.2f}")
    print(f"{'  peak memory of the largest process':40} {peak(resource.RUSAGE_CHILDREN):8.0f} MB")


def peak(whose: int) -> float:
    """The most resident memory so far, in MB."""
    return resource.getrusage(whose).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6


if __name__ == "__main__":
    main()
