"""Folders of src/ include only themselves and those before them in the order of dependence."""

import os
import pathlib
import re
import unittest

SOURCE = pathlib.Path(os.environ.get("VAE_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2])) / "src"
ORDER = "core distributed config images data kernels distributions model objectives training evaluation export report cli".split()


class Layout(unittest.TestCase):
    def test_every_folder_has_its_place(self):
        folders = {path.name for path in SOURCE.iterdir() if any(path.rglob("*.h"))}
        self.assertLessEqual(folders, set(ORDER))

    def test_no_include_points_upwards(self):
        wrong = []
        for file in sorted(SOURCE.rglob("*.[hc]*")):
            if file.parent == SOURCE:
                continue
            here = ORDER.index(file.relative_to(SOURCE).parts[0])
            for folder in re.findall(r'#include "(\w+)/', file.read_text()):
                if ORDER.index(folder) > here:
                    wrong.append(f"{file.relative_to(SOURCE)} includes {folder}/")
        self.assertEqual(wrong, [])

    def test_no_two_headers_define_a_type_of_the_same_name(self):
        """They could not be included together, and the linker would take one's destructor for both."""
        headers = {}
        for file in sorted(SOURCE.rglob("*.h")):
            for name in re.findall(r"^(?:struct|class|enum class) (\w+)(?: final)?(?: :[^;{]*)? \{", file.read_text(), re.M):
                headers.setdefault(name, []).append(str(file.relative_to(SOURCE)))
        self.assertEqual({name: files for name, files in headers.items() if len(files) > 1}, {})


if __name__ == "__main__":
    unittest.main()
