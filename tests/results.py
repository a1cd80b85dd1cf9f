"""The results of a test in Python, as TAP."""

import contextlib
import os
import tempfile


class Tap:
    """Counts and prints results."""
    count = 0
    failed = False

    def ok(self, good, label, *notes):
        self.count += 1
        self.failed = self.failed or not good
        print(f"{'ok' if good else 'not ok'} {self.count} - {label}")
        for note in () if good else notes[:12]:
            print(f"#   {str(note)[:1500]!a}")

    def same(self, got, wanted, label):
        self.ok(got == wanted, label, f"got {got}", f"wanted {wanted}")

    def skip(self, label, why):
        self.count += 1
        print(f"ok {self.count} - {label} # SKIP {why}")

    def end(self):
        print(f"1..{self.count}")
        return 1 if self.failed else 0


@contextlib.contextmanager
def own_directory():
    """An empty directory to work in."""
    here = os.getcwd()
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        try:
            yield directory
        finally:
            os.chdir(here)
