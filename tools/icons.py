"""Puts icons of Tabler Icons into one file, so that a page fetches them once: `tools/icons.py FOLDER`.

FOLDER holds the outline icons of a release, a file each. The choice stands in `icons.txt`; add a name, run it, commit the result.
"""

import re
import sys
from pathlib import Path

TARGET = Path(__file__).parents[1] / "workflow/web/static/vendor/icons.svg"
CHOICE = Path(__file__).with_name("icons.txt")
_INNER = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
#: An empty square that each icon begins with.
_EMPTY = '<path stroke="none" d="M0 0h24v24H0z" fill="none" />'


def main(folder: Path) -> None:
    symbols = "\n".join(
        _symbol(name, (folder / f"{name}.svg").read_text(encoding="utf-8"))
        for name in CHOICE.read_text(encoding="utf-8").split()
    )
    text = f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'
    TARGET.write_text(text, encoding="utf-8")


def _symbol(name: str, source: str) -> str:
    found = _INNER.search(source)
    assert found is not None, name
    inner = " ".join(found[1].split()).replace(_EMPTY, "").replace(" />", "/>").replace("> <", "><").strip()
    return f'<symbol id="{name}" viewBox="0 0 24 24">{inner}</symbol>'


if __name__ == "__main__":
    main(Path(sys.argv[1]))
