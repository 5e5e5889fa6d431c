"""Holds the locked dependencies against the public list of known vulnerabilities, where that can be reached.

It fails on a vulnerability and says aloud when it could not ask: a check that is skipped in silence is none.
"""

import json
import subprocess
import sys
from pathlib import Path

COMMAND = [
    *("-m", "pip_audit", "--requirement", "requirements.lock", "--require-hashes", "--disable-pip"),
    *("--vulnerability-service", "osv", "--timeout", "5", "--progress-spinner", "off", "--format", "json"),
]
PATIENCE = 120  # seconds


def main() -> int:
    found = _asked()
    if found is None:
        print("dependency audit SKIPPED: the list of vulnerabilities cannot be reached from this machine")
        return 0
    for name, known in found.items():
        print(f"{name}: {', '.join(known)}")
    print(f"dependency audit: {len(found)} dependencies with known vulnerabilities")
    return 1 if found else 0


def _asked() -> dict[str, list[str]] | None:
    """Vulnerabilities by dependency; None where nobody answered."""
    try:
        done = subprocess.run(
            [sys.executable, *COMMAND],
            cwd=Path(__file__).parents[1],
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        rows = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return None
    return {
        f"{row['name']} {row['version']}": [each["id"] for each in row["vulns"]]
        for row in rows
        if row.get("vulns")
    }


if __name__ == "__main__":
    sys.exit(main())
