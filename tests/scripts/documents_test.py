"""What the documents say of the program, of the sources and of each other holds."""

import pathlib
import re
import shutil
import tempfile
import unittest

import how_to
import option_tables

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")


def anchors(document):
    """The names by which a document's headings are linked to, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```$", "", document.read_text(), flags=re.M | re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


class Commands(unittest.TestCase):
    def test_each_has_a_page_with_its_options_as_the_program_has_them(self):
        for command, options in option_tables.options_of_commands().items():
            with self.subTest(command):
                page = option_tables.PAGES / f"{command.split()[1]}.md"
                tables = dict(option_tables.TABLE.findall(page.read_text()))
                self.assertEqual(tables.get(command), option_tables.table(options) if options else None,
                                 "run tests/scripts/option_tables.py")

    def test_no_page_is_of_another_program(self):
        commands = {command.split()[1] for command in option_tables.options_of_commands()}
        self.assertEqual({page.stem for page in option_tables.PAGES.glob("*.md")}, commands)

    def test_readme_leads_to_each_page(self):
        links = LINK.findall((ROOT / "README.md").read_text())
        for page in option_tables.PAGES.glob("*.md"):
            self.assertIn(f"docs/commands/{page.name}", links)


class Links(unittest.TestCase):
    def test_lead_to_files_and_headings_that_exist(self):
        for document in DOCUMENTS:
            for link in LINK.findall(CODE.sub("", document.read_text())):
                if re.match(r"https?://", link):
                    continue
                path, _, heading = link.partition("#")
                target = document.parent / path if path else document
                with self.subTest(f"{document.relative_to(ROOT)}: {link}"):
                    self.assertTrue(target.exists())
                    if heading:
                        self.assertIn(heading, anchors(target))


class HowTo(unittest.TestCase):
    def test_pages_fit_the_sources(self):
        for page in sorted((ROOT / "docs" / "how-to").glob("*.md")):
            with self.subTest(page.name), tempfile.TemporaryDirectory() as copy:
                for folder in ("src", "tests"):
                    shutil.copytree(ROOT / folder, pathlib.Path(copy) / folder)
                self.assertTrue(list(how_to.blocks(page.read_text())))
                how_to.follow(page.read_text(), copy)


if __name__ == "__main__":
    unittest.main()
