"""What `import accord` costs over starting Python: medians of paired runs, and the ratio.

    python benchmarks/importing_accord.py

Target: at most 0.3 s more than a bare start.
"""

import subprocess
import sys
from statistics import median
from time import perf_counter

RUNS = 15


def seconds(code: str) -> float:
    start = perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return perf_counter() - start


def main() -> None:
    for code in ("pass", "import accord"):  # warm the file cache
        seconds(code)
    pairs = [(seconds("pass"), seconds("import accord")) for _ in range(RUNS)]
    bare, ours = median(a for a, _ in pairs), median(b for _, b in pairs)
    print(f"python -c pass            {bare:.3f} s")
    print(f"python -c 'import accord' {ours:.3f} s")
    print(f"difference {ours - bare:+.3f} s (target at most 0.3 s), ratio {ours / bare:.2f}")


if __name__ == "__main__":
    main()
