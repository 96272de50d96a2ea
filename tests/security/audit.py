"""python -m tests.security.audit: are there known vulnerabilities in what constraints.txt pins?

Ends with 0 when all of them were looked up and none has any, 1 when one has, 3 when that could not be found out:
pip-audit itself passes over what its database does not answer for, and then says that all is well.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.sources import ROOT

AUDITOR = "pip-audit>=2.9,<3"
SERVICES = ("pypi", "osv")
"""Whose databases are asked, one after the other until one answers for all packages."""

WELL, VULNERABLE, NOT_CHECKED = 0, 1, 3


@dataclass(frozen=True, slots=True)
class Audit:
    """What one database said."""

    checked: int
    skipped: tuple[str, ...] = ()
    """Packages that it did not answer for."""
    vulnerable: tuple[str, ...] = ()
    """One line each."""
    problem: str = ""
    """Why it said nothing at all."""

    @property
    def status(self) -> int:
        """Of the process."""
        if self.vulnerable:
            return VULNERABLE
        return WELL if self.checked and not self.skipped and not self.problem else NOT_CHECKED

    def __str__(self) -> str:
        if self.vulnerable:
            return "\n".join([*self.vulnerable, f"audit: {len(self.vulnerable)} known vulnerabilities"])
        if self.status == WELL:
            return f"audit: no known vulnerability in the {self.checked} packages of constraints.txt"
        if self.problem:
            return f"audit: not checked, the database could not be reached ({self.problem}): try again with a network"
        skipped, some = f"{len(self.skipped)} of {self.checked + len(self.skipped)}", ", ".join(self.skipped[:3])
        return f"audit: not checked, the database did not answer for {skipped} packages ({some} ...)"


def audit_of(printed: str, errors: str) -> Audit:
    """What pip-audit printed as JSON, read without trusting its exit status."""
    try:
        found: dict[str, Any] = json.loads(printed)
    except ValueError:
        lines = errors.strip().splitlines() or ["pip-audit said nothing"]
        return Audit(0, problem=lines[-1].partition(":")[0][:200])
    dependencies = found["dependencies"]
    vulnerable = [
        f"{each['name']} {each['version']}: {known['id']}, mended in {', '.join(known['fix_versions']) or 'no version'}"
        for each in dependencies
        for known in each.get("vulns", ())
    ]
    skipped = tuple(each["name"] for each in dependencies if "skip_reason" in each)
    return Audit(len(dependencies) - len(skipped), skipped, tuple(vulnerable))


def audited(python: Path, service: str) -> Audit:
    """All of constraints.txt, by one database."""
    command = [str(python), "-m", "pip_audit", "--requirement", str(ROOT / "constraints.txt"), "--no-deps"]
    command += ["--disable-pip", "--format", "json", "--vulnerability-service", service, "--progress-spinner", "off"]
    done = subprocess.run([*command, "--timeout", "15"], capture_output=True, text=True, check=False)
    return audit_of(done.stdout, done.stderr)


def main() -> int:
    """Audit in an environment that is thrown away: what the auditor needs is none of ours."""
    with tempfile.TemporaryDirectory(prefix="footnote-audit-") as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder, "bin", "python")
        installed = subprocess.run(
            [str(python), "-m", "pip", "install", "--quiet", AUDITOR], capture_output=True, text=True, check=False
        )
        if installed.returncode:
            sys.stderr.write(f"audit: not checked, {AUDITOR} could not be installed: try again with a network\n")
            return NOT_CHECKED
        for service in SERVICES:
            audit = audited(python, service)
            if audit.status != NOT_CHECKED:
                break
    sys.stderr.write(f"{audit}\n")
    return audit.status


if __name__ == "__main__":
    sys.exit(main())
