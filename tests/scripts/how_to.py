"""The pages of docs/how-to, followed literally: their files written and their changes made in a copy of the sources.

    python tests/scripts/how_to.py docs/how-to/likelihood.md COPY

A block of code belongs to the file that the words before it name last. A block marked diff has no line numbers: its lines
without "+" must be found in the file, once.
"""

import pathlib
import re
import sys

BLOCK = re.compile(r"^```(cpp|diff)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMED_LAST = re.compile(r"`([\w/-]+\.\w+)`:\s*\Z")


def blocks(page):
    """(file, kind, text) of each block of C++ and each change of the page."""
    name, end = None, 0
    for block in BLOCK.finditer(page):
        named = NAMED_LAST.search(page[end:block.start()])
        name, end = named.group(1) if named else name, block.end()
        yield name, block.group(1), block.group(2)


def changed(text, change):
    """The text with a change made; None where its old lines are not found exactly once."""
    lines = [(line[:1] or " ", line[1:]) for line in change.splitlines()]
    old = "\n".join(line for mark, line in lines if mark != "+")
    new = "\n".join(line for mark, line in lines if mark != "-")
    parts = f"\n{text}".split(f"\n{old}\n")
    return f"\n{new}\n".join(parts)[1:] if len(parts) == 2 else None


def follow(page, root):
    """Does what the page says in the tree below `root`; AssertionError where it does not go."""
    for name, kind, text in blocks(page):
        path = pathlib.Path(root) / name
        if kind == "cpp":
            assert not path.exists(), f"{name} is there already"
            path.write_text(text)
            continue
        result = changed(path.read_text(), text)
        assert result is not None, f"{name} does not hold these lines once:\n{text}"
        path.write_text(result)


if __name__ == "__main__":
    follow(pathlib.Path(sys.argv[1]).read_text(), sys.argv[2])
